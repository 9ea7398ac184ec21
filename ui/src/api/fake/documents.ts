/** What the invented clinic answers about attached files: each is one grey page. */
import type { ChartView, CopyAttachment, DocumentView, Label } from "../bindings";
import type { Answer, Args, Name } from "../backend";
import { Failed } from "../backend";

type Handlers<N extends Name> = { [K in N]: (args: Args<K>) => Answer<K> };
type Attached = "attach_file" | "show_attachment" | "copy_attachment";

const AT = "2026-11-22T09:41:00Z";

export class Documents {
  private readonly kept: Array<DocumentView & { patient: string }> = [];

  constructor(
    private readonly page: string,
    private readonly by: () => { name: string; role: string },
    private readonly labels: Map<string, Label>,
    private readonly check: (copy: CopyAttachment) => void,
  ) {}

  /** What a role sees of them. */
  of(chart: ChartView, role: string): Pick<ChartView, "documents"> {
    const told = (item: string) => chart.may.edit.includes("restricted") || !this.labels.has(item);
    const mine = this.kept.filter((one) => one.patient === chart.patient && told(one.item));
    return {
      documents: mine.filter((one) => role !== "front_desk" || one.section === "front_documents"),
    };
  }

  readonly handlers: Handlers<Attached> = {
    attach_file: ({ patient, title, class: kind, day, label }) => {
      const section = kind === "letter" || kind === "report" ? "documents" : "front_documents";
      const { name: by, role } = this.by();
      if (section === "documents" && role === "front_desk") throw new Failed("no_right");
      if (label && section === "front_documents")
        throw new Failed("invalid", { field: "documents.label", why: "not_listed" });
      const item = `14000000-0000-4000-9000-${String(this.kept.length + 1).padStart(12, "0")}`;
      const at = day ?? AT;
      if (label) this.labels.set(item, { kind: label, at: AT, by });
      const shown = { section, class: kind, at, title, pages: 2, incomplete: false, by } as const;
      this.kept.unshift({ patient, item, rev: 1, ...shown });
      const value = { title, class: kind, form: "pdf", pages: 2, incomplete: false, file: item } as const;
      return {
        is: "saved",
        saved: { item, rev: 1, content: { kind: "attachment", value }, changed: AT, by },
      };
    },
    show_attachment: ({ item, page }) => {
      const one = this.kept.find((kept) => kept.item === item);
      if (!one || page >= one.pages) throw new Failed("not_found");
      return { page, pages: one.pages, image: this.page };
    },
    copy_attachment: (copy) => {
      this.check(copy);
      return { pages: this.kept.find((one) => one.item === copy.item)?.pages ?? 0 };
    },
  };
}
