import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { ANNA, world, type World } from "../../test-world";
import { FAILURES } from "../../text/failures";
import BoardScreen from "../board/BoardScreen.svelte";
import PublicBoard from "../board/PublicBoard.svelte";
import HomeScreen from "../home/HomeScreen.svelte";
import { neighbour, quarters } from "./cells";
import { Schedule } from "./schedule.svelte";
import ScheduleScreen from "./ScheduleScreen.svelte";
import { addDays, isoFrom, minuteFrom, mondayOf } from "./time";
import WaitingScreen from "./WaitingScreen.svelte";

async function open(there: World) {
  const schedule = new Schedule(there.session);
  const [openChart, goWaiting] = [vi.fn(), vi.fn()];
  render(ScheduleScreen, { schedule, keyboard: there.keyboard, openChart, goWaiting });
  await screen.findByRole("region", { name: "Dr. R. Osei" });
  return { ...there, schedule, openChart, goWaiting, person: userEvent.setup() };
}

const column = (name: string) => within(screen.getByRole("region", { name }));
const dialog = () => within(screen.getByRole("dialog"));

describe("days and times as they are typed", () => {
  it("reads days with the month first, and refuses those that no calendar has", () => {
    expect(["11/30/2026", "2026-11-30", "2/9/2026"].map(isoFrom)).toEqual([
      "2026-11-30",
      "2026-11-30",
      "2026-02-09",
    ]);
    expect(["2/30/2026", "13/1/2026", "tomorrow", ""].map(isoFrom)).toEqual([null, null, null, null]);
  });

  it("reads times of day in the usual ways", () => {
    expect(["9:15", "14:30", "9", "2:30 pm", "12 am", "915"].map(minuteFrom)).toEqual([
      555, 870, 540, 870, 0, 555,
    ]);
    expect(["25:00", "9:60", "13 pm", "x"].map(minuteFrom)).toEqual([null, null, null, null]);
  });

  it("goes from day to day over the end of a month and of summer time", () => {
    expect([addDays("2026-10-31", 2), addDays("2026-03-01", -1), mondayOf("2026-11-29")]).toEqual([
      "2026-11-02",
      "2026-02-28",
      "2026-11-23",
    ]);
  });
});

describe("a provider's column", () => {
  const day = { day: "2026-11-23", open: [{ from: 480, until: 540 }], away: [] };

  it("offers the quarters that are free and not over", () => {
    const visit = { item: "a", minute: 495, minutes: 15, status: "booked" };
    const cells = quarters(day, "Osei", [visit as never], 480);
    expect(cells.map((cell) => [cell.minute, cell.visit !== undefined])).toEqual([
      [480, false],
      [495, true],
      [510, false],
      [525, false],
    ]);
    expect(quarters(day, "Osei", [], 511).map((cell) => cell.minute)).toEqual([510, 525]);
    expect(quarters({ ...day, away: ["Osei"] }, "Osei", [], 0)).toEqual([]);
  });

  it("a cancelled visit stays in sight and its time is free", () => {
    const visit = { item: "a", minute: 480, minutes: 30, status: "cancelled" };
    expect(quarters(day, "Osei", [visit as never], 0)).toHaveLength(5);
  });
});

describe("the schedule", () => {
  it("shows a column for each provider, with visits and free times", async () => {
    await open(await world("lopez"));
    expect(column("Dr. R. Osei").getAllByRole("button").length).toBeGreaterThan(5);
    expect(screen.getByRole("button", { name: /SMITH, Anna.*Follow-up.*out/ })).toBeTruthy();
  });

  it("is worked by the arrow keys", async () => {
    const { person } = await open(await world("lopez"));
    const first = column("Dr. R. Osei").getAllByRole("button")[0] as HTMLElement;
    first.focus();
    await person.keyboard("{ArrowDown}");
    expect(document.activeElement).toBe(column("Dr. R. Osei").getAllByRole("button")[1]);
    await person.keyboard("{ArrowRight}");
    expect(document.activeElement?.closest("section")?.getAttribute("aria-label")).toBe("Dr. L. Marchetti");
    expect(neighbour(document.body, first, "ArrowUp")).toBeNull();
  });

  it("books a free quarter for a patient who is found in the dialog", async () => {
    const { person, schedule } = await open(await world("lopez"));
    await person.click(column("Dr. R. Osei").getByRole("button", { name: /4:30\sPM free/ }));
    await person.type(dialog().getByLabelText("Find a patient"), "Kowalski");
    await dialog().findAllByRole("option", { name: /KOWALSKI/ });
    await person.keyboard("{Enter}");
    await person.selectOptions(dialog().getByLabelText("Visit"), "Follow-up");
    await person.click(dialog().getByRole("button", { name: /^Book/ }));
    await vi.waitFor(() => expect(schedule.said).toMatch(/^Booked/));
    expect(await screen.findByRole("button", { name: /4:30\sPM KOWALSKI/ })).toBeTruthy();
  });

  it("books a device beside the room, which nobody else can take at that time", async () => {
    const there = await world("lopez");
    const at = { day: "2026-11-23", minute: 930 };
    const plan = { at, provider: "Dr. L. Marchetti", visit_type: "Follow-up", devices: ["Ultrasound 1"] };
    await there.session.call("book_visit", { patient: ANNA, plan });
    const { person } = await open(there);
    expect(screen.getByRole("button", { name: /3:30\sPM SMITH, Anna.*Ultrasound 1/ })).toBeTruthy();
    await person.click(column("Dr. R. Osei").getByRole("button", { name: /3:30\sPM free/ }));
    await person.type(dialog().getByLabelText("Find a patient"), "Kowalski");
    await dialog().findAllByRole("option", { name: /KOWALSKI/ });
    await person.keyboard("{Enter}");
    await person.click(dialog().getByRole("checkbox", { name: "Ultrasound 1" }));
    await person.click(dialog().getByRole("button", { name: /^Book/ }));
    expect(await dialog().findByText(/A device is taken then/)).toBeTruthy();
    await person.click(dialog().getByRole("checkbox", { name: "Ultrasound 1" }));
    await person.click(dialog().getByRole("checkbox", { name: "Spirometer" }));
    await person.click(dialog().getByRole("button", { name: /^Book/ }));
    expect(await screen.findByRole("button", { name: /3:30\sPM KOWALSKI.*Spirometer/ })).toBeTruthy();
  });

  it("says why a time isn't free, and takes a reason only where that helps", async () => {
    const { person, clinic } = await open(await world("lopez"));
    await person.click(screen.getByRole("button", { name: /Book a visit/ }));
    await person.type(dialog().getByLabelText("Find a patient"), "Kowalski");
    await dialog().findAllByRole("option", { name: /KOWALSKI/ });
    await person.keyboard("{Enter}");
    const [day, time] = [dialog().getByLabelText("Day"), dialog().getByLabelText("Time")];
    await person.selectOptions(dialog().getByLabelText("With"), "Dr. R. Osei");
    await person.clear(day);
    await person.type(day, "11/26/2026");
    await person.type(time, "9:00");
    await person.keyboard("{Enter}");
    expect(await dialog().findByText(/a holiday/)).toBeTruthy();
    expect(dialog().queryByLabelText(/Book all the same/)).toBeNull();
    await person.clear(day);
    await person.type(day, "11/23/2026");
    await person.clear(time);
    await person.type(time, "11:00");
    await person.keyboard("{Enter}");
    await person.selectOptions(await dialog().findByLabelText(/Book all the same/), "urgent");
    await person.click(dialog().getByRole("button", { name: /^Book/ }));
    await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(clinic.calls.filter((call) => call === "book_visit")).toHaveLength(3);
  });

  it("checks a patient in who says birth date and phone, without filling in either", async () => {
    const { person, schedule } = await open(await world("lopez"));
    await person.click(screen.getByRole("button", { name: /SMITH, Walter/ }));
    await person.click(dialog().getByRole("button", { name: "Check in" }));
    const birth = dialog().getByLabelText(/Birth date/) as HTMLInputElement;
    const value = dialog().getByLabelText("As the patient says it") as HTMLInputElement;
    expect([birth.value, value.value]).toEqual(["", ""]);
    await person.selectOptions(dialog().getByLabelText("And one more"), "mrn");
    await person.type(birth, "01/31/1931");
    await person.type(value, "MRN-11E0F9{Enter}");
    expect(await dialog().findByText(/written into the audit log/)).toBeTruthy();
    await person.clear(birth);
    await person.type(birth, "01/30/1931{Enter}");
    await vi.waitFor(() => expect(schedule.said).toBe("Checked in. Token: K47"));
  });

  it("checks in somebody nobody knows by the alias and the wristband, and by nothing else", async () => {
    const there = await world("lopez");
    const added = await there.session.call("register_unknown", {
      sex: "male",
      estimated_age: 40,
      newborn: false,
    });
    if (added.is !== "registered") throw new Error("registered");
    await there.session.call("book_visit", {
      patient: added.patient,
      plan: { at: { day: "2026-11-23", minute: 990 }, provider: "Dr. R. Osei", visit_type: "Follow-up" },
    });
    const { person, schedule } = await open(there);
    await person.click(await screen.findByRole("button", { name: /UNKNOWN-TANGO, Zulu.*booked/ }));
    await person.click(dialog().getByRole("button", { name: "Check in" }));
    const second = dialog().getByLabelText<HTMLSelectElement>("And one more");
    expect([...second.options].map((one) => one.value)).toEqual(["mrn", "wristband"]);
    const name = dialog().getByLabelText(/Name or alias/);
    await person.type(name, "Unknown-Tango Zulu");
    await person.type(dialog().getByLabelText("What the scanner reads"), "WB-TMP-99999999X-1{Enter}");
    expect(await dialog().findByText(/written into the audit log/)).toBeTruthy();
    await person.clear(dialog().getByLabelText("What the scanner reads"));
    await person.type(dialog().getByLabelText("What the scanner reads"), `WB-${added.mrn}-7{Enter}`);
    await vi.waitFor(() => expect(schedule.said).toBe("Checked in. Token: K47"));
  });

  it("goes on to the insurance when the patient says that it changed", async () => {
    const { person, schedule } = await open(await world("lopez"));
    await person.click(screen.getByRole("button", { name: /SMITH, Walter/ }));
    await person.click(dialog().getByRole("button", { name: "Check in" }));
    await person.type(dialog().getByLabelText(/Birth date/), "01/30/1931");
    await person.selectOptions(dialog().getByLabelText("And one more"), "mrn");
    await person.type(dialog().getByLabelText("As the patient says it"), "MRN-11E0F9");
    await person.selectOptions(dialog().getByLabelText("Insurance"), "changed");
    await person.click(dialog().getByRole("checkbox", { name: "privacy notice" }));
    await person.click(dialog().getByRole("button", { name: /^Check in/ }));
    expect(await dialog().findByText(/Now correct the insurance/)).toBeTruthy();
    await person.type((await dialog().findAllByRole("textbox", { name: "Carrier" }))[0]!, "Acme Health");
    await person.type(dialog().getAllByRole("textbox", { name: "Policy number" })[0]!, "P-1");
    await person.click(dialog().getByRole("button", { name: "Save" }));
    expect(await dialog().findByText("Saved.")).toBeTruthy();
    await person.click(dialog().getByRole("button", { name: "Done" }));
    expect(schedule.said).toBe("Checked in. Token: K47");
    await person.click(await screen.findByRole("button", { name: /SMITH, Walter.*Follow-up.*arrived/ }));
    expect(dialog().getByText(/Insurance: changed/)).toBeTruthy();
    expect(dialog().getByText(/privacy notice/)).toBeTruthy();
  });

  it("asks for something that tells two apart when what was said fits both", async () => {
    const { person, clinic } = await open(await world("lopez"));
    await person.click(screen.getByRole("button", { name: /SMITH, Walter/ }));
    await person.click(dialog().getByRole("button", { name: "Check in" }));
    clinic.fail("check_in", "invalid", { field: "second", why: "fits_another" });
    await person.type(dialog().getByLabelText(/Birth date/), "01/30/1931");
    await person.type(dialog().getByLabelText("As the patient says it"), "01103{Enter}");
    expect(await dialog().findByText(/fits two patients of this name/)).toBeTruthy();
  });

  it("moves a visit that stands in the wrong record to the patient it belongs to", async () => {
    const { person, schedule } = await open(await world("lopez"));
    await person.click(screen.getByRole("button", { name: /SMITH, Walter/ }));
    await person.click(dialog().getByRole("button", { name: "In the wrong record…" }));
    await person.click(dialog().getByRole("button", { name: "Move to that patient" }));
    expect(dialog().getByText("Choose the patient it belongs to.")).toBeTruthy();
    await person.type(dialog().getByLabelText("Find a patient"), "Kowalski");
    await dialog().findAllByRole("option", { name: /KOWALSKI/ });
    await person.keyboard("{Enter}");
    await person.click(dialog().getByRole("button", { name: "Move to that patient" }));
    await vi.waitFor(() => expect(schedule.said).toMatch(/record of KOWALSKI/));
    expect(screen.queryByRole("button", { name: /SMITH, Walter/ })).toBeNull();
  });

  it("goes with a patient to the door and books the follow-up there", async () => {
    const { person } = await open(await world("lopez"));
    await person.click(screen.getByRole("button", { name: /GARCÍA, José.*Follow-up.*seen/ }));
    await person.click(dialog().getByRole("button", { name: "Check out" }));
    await person.click(await dialog().findByRole("button", { name: "Book a follow-up" }));
    expect(dialog().getByText("GARCÍA, José")).toBeTruthy();
    const free = await dialog().findAllByRole("button", { name: /PM · A\. Kowalska/ });
    expect(free.length).toBeGreaterThan(0);
  });

  it("offers a cancelled visit's time to whoever waits", async () => {
    const { person } = await open(await world("lopez"));
    await person.click(screen.getByRole("button", { name: /SMITH, Walter/ }));
    await person.click(dialog().getByRole("button", { name: "Cancel the visit" }));
    await person.selectOptions(dialog().getByLabelText("Why"), "patient_asked");
    await person.click(dialog().getAllByRole("button", { name: "Cancel the visit" })[1] as HTMLElement);
    await person.click(await dialog().findByRole("button", { name: /^Book for/ }));
    expect((dialog().getByLabelText("With") as HTMLSelectElement).value).not.toBe("");
  });

  it("notes what is owed at the desk, and shows it beside the visit", async () => {
    const { person } = await open(await world("lopez"));
    await person.click(screen.getByRole("button", { name: /SMITH, Walter/ }));
    await person.type(await dialog().findByLabelText("Balance in dollars"), "42.50");
    await person.click(dialog().getByRole("button", { name: "Set the balance" }));
    expect(await dialog().findByText(/\$42\.50/)).toBeTruthy();
    expect(dialog().getByText(/hasn't been asked yet/)).toBeTruthy();
  });

  it("notes what the carrier said and authorized, and warns of it while booking and at the check-in", async () => {
    const { person, clinic } = await open(await world("lopez"));
    await person.click(screen.getByRole("button", { name: /SMITH, Walter/ }));
    expect((await dialog().findAllByText(/coverage never verified/)).length).toBe(1);
    await person.selectOptions(dialog().getByLabelText("Asked"), "phone");
    await person.click(dialog().getByRole("button", { name: "Note the answer" }));
    expect(await dialog().findByText(/active, asked by telephone/)).toBeTruthy();
    expect(dialog().queryByText(/never verified/)).toBeNull();
    await person.selectOptions(dialog().getByLabelText("Service"), "specialist_visits");
    await person.selectOptions(dialog().getByLabelText("Status"), "approved");
    await person.type(dialog().getByLabelText("Authorization number"), "PA-778");
    await person.type(dialog().getByLabelText("Until"), "soon");
    await person.click(dialog().getByRole("button", { name: "Note the authorization" }));
    expect(await dialog().findByText("Type a day such as 11/30/2026.")).toBeTruthy();
    expect(clinic.calls).not.toContain("note_authorization");
    await person.clear(dialog().getByLabelText("Until"));
    await person.type(dialog().getByLabelText("Until"), "11/28/2026");
    await person.type(dialog().getByLabelText("Visits or units"), "6");
    await person.click(dialog().getByRole("button", { name: "Note the authorization" }));
    expect(
      await dialog().findByRole("button", { name: /specialist · approved · PA-778.*0 of 6/ }),
    ).toBeTruthy();
    await person.click(dialog().getByRole("button", { name: "Check in" }));
    expect(await dialog().findByText(/specialist\) ends in 5 days/)).toBeTruthy();
    await person.keyboard("{Escape}");
    await person.click(screen.getByRole("button", { name: /Book a visit/ }));
    await person.type(dialog().getByLabelText("Find a patient"), "Smith, Walter");
    await dialog().findAllByRole("option", { name: /SMITH, Walter/ });
    await person.keyboard("{Enter}");
    expect(await dialog().findByText(/specialist\) ends in 5 days/)).toBeTruthy();
  });

  it("writes the account from the window of its patient, and says so when another window has opened since", async () => {
    const { person, session } = await open(await world("lopez"));
    await person.click(screen.getByRole("button", { name: /SMITH, Walter/ }));
    await person.type(await dialog().findByLabelText("Balance in dollars"), "42.50");
    await session.call("show_account", { patient: ANNA });
    await person.click(dialog().getByRole("button", { name: "Set the balance" }));
    expect(await dialog().findByText(FAILURES.wrong_patient)).toBeTruthy();
  });

  it("a nurse who checks in isn't asked about, nor told, who pays", async () => {
    const { person, clinic } = await open(await world("kim"));
    await person.click(screen.getByRole("button", { name: /SMITH, Walter/ }));
    await person.click(dialog().getByRole("button", { name: "Check in" }));
    await dialog().findByLabelText(/Birth date/);
    expect(clinic.calls).not.toContain("show_account");
  });

  it("says that somebody else was faster, and reads the schedule again", async () => {
    const { person, clinic } = await open(await world("lopez"));
    clinic.fail("step_visit", "conflict");
    await person.click(screen.getByRole("button", { name: /SMITH, Walter/ }));
    await person.click(dialog().getByRole("button", { name: "Didn't come" }));
    expect(await dialog().findByText(/Somebody else changed this visit/)).toBeTruthy();
  });

  it("says that a room is taken, and that somebody waits for the same already", async () => {
    const { person, clinic } = await open(await world("lopez"));
    clinic.fail("step_visit", "invalid", { field: "room", why: "room_taken" });
    await person.click(screen.getByRole("button", { name: /SMITH, Walter/ }));
    await person.click(dialog().getByRole("button", { name: "Didn't come" }));
    expect(await dialog().findByText(/^Somebody else has this room at that time/)).toBeTruthy();
    await person.keyboard("{Escape}");
    clinic.fail("wait_for_visit", "invalid", { field: "visit_type", why: "waits_already" });
    await person.click(screen.getByRole("button", { name: /Book a visit/ }));
    await person.type(dialog().getByLabelText("Find a patient"), "Smith, Walter");
    await dialog().findAllByRole("option", { name: /SMITH, Walter/ });
    await person.keyboard("{Enter}");
    await person.click(await dialog().findByRole("button", { name: /waiting list/i }));
    expect(await dialog().findByText(/waits for such a visit within these days already/)).toBeTruthy();
  });

  it("shows week and month, and a day of them is a key away", async () => {
    const { person, schedule } = await open(await world("lopez"));
    await person.click(screen.getByRole("button", { name: "Week" }));
    expect((await screen.findAllByText("Closed: Thanksgiving")).length).toBe(1);
    await person.click(screen.getByRole("button", { name: "Month" }));
    await person.click(await screen.findByRole("button", { name: /Nov 24, 2026/ }));
    await vi.waitFor(() => expect([schedule.shape, schedule.day]).toEqual(["day", "2026-11-24"]));
  });
});

describe("two of one name", () => {
  const [ELDER, YOUNGER] = ["00000000-0000-4000-8000-000000000004", "00000000-0000-4000-8000-000000000003"];

  async function bothJosesCome() {
    const there = await world("lopez");
    const { today } = await there.session.call("schedule", { days: 1 });
    for (const patient of [ELDER, YOUNGER]) {
      const { slots } = await there.session.call("free_slots", { minutes: 15, from: today, days: 1 });
      const { minute, provider } = slots.at(-1)!;
      const plan = { at: { day: today, minute }, provider, visit_type: "Nurse visit" };
      expect((await there.session.call("book_visit", { patient, plan })).is).toBe("booked");
    }
    return there;
  }

  it("are told apart by their birth dates on the board, where nobody else's stands", async () => {
    const there = await bothJosesCome();
    const schedule = new Schedule(there.session);
    render(BoardScreen, { schedule, keyboard: there.keyboard, openChart: vi.fn(), goPublic: vi.fn() });
    const names = (await screen.findAllByRole("button", { name: /GARCÍA, José/ })).map(
      (one) => one.textContent,
    );
    expect(names.some((one) => one?.includes("Apr 12, 1975"))).toBe(true);
    expect(names.some((one) => one?.includes("Dec 4, 1975"))).toBe(true);
    const others = screen.getAllByRole("button", { name: /SMITH, Walter/ });
    expect(others.every((one) => !one.textContent?.includes("1931"))).toBe(true);
  });

  it("are told apart under My day, where whoever can't be mistaken has no birth date", async () => {
    const { session } = await world("lopez");
    const page = await session.call("my_day", {});
    const jose = { name: "GARCÍA, José", about: page.next[0]!.start, why: "missed" };
    const calls = [
      { ...jose, patient: ELDER, birth_date: "1975-04-12" },
      { ...jose, patient: YOUNGER, birth_date: "1975-12-04" },
    ];
    const next = [
      { ...page.next[0]!, name: "GARCÍA, José", birth_date: "1975-04-12", similar_name: true },
      { ...page.next[1]!, name: "SMITH, Walter", birth_date: "1931-01-30", similar_name: false },
    ];
    const told = { ...page, next, desk: { ...page.desk!, calls } };
    vi.spyOn(session, "call").mockImplementation(((name: string) =>
      Promise.resolve(name === "my_day" ? told : {})) as never);
    render(HomeScreen, { session, role: "front_desk", go: vi.fn(), openChart: vi.fn() });
    expect((await screen.findAllByText(/GARCÍA, José · Apr 12, 1975/)).length).toBe(2);
    expect(screen.getByText(/GARCÍA, José · Dec 4, 1975/)).toBeTruthy();
    expect(document.body.textContent).not.toContain("1931");
  });
});

describe("the boards", () => {
  it("shows who waits and hears of an arrival at another desk", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const there = await world("kim");
    const schedule = new Schedule(there.session);
    render(BoardScreen, { schedule, keyboard: there.keyboard, openChart: vi.fn(), goPublic: vi.fn() });
    await screen.findByRole("heading", { name: "Waiting (2)" });
    there.clinic.arriveElsewhere();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(await screen.findByRole("heading", { name: "Waiting (3)" })).toBeTruthy();
  });

  it("the waiting room's board has tokens and no name", async () => {
    const there = await world("lopez");
    render(PublicBoard, { session: there.session, keyboard: there.keyboard, back: vi.fn() });
    expect(await screen.findByText("B24")).toBeTruthy();
    expect(document.body.textContent).not.toMatch(/smith|garcía|osei/i);
  });

  it("the waiting list leads to a booking and lets go of whoever needs it no more", async () => {
    const there = await world("lopez");
    const person = userEvent.setup();
    render(WaitingScreen, {
      schedule: new Schedule(there.session),
      keyboard: there.keyboard,
      openChart: vi.fn(),
    });
    await person.click(await screen.findByRole("button", { name: "Take off the list" }));
    expect(await screen.findByText("Nobody waits.")).toBeTruthy();
  });
});

describe("my day", () => {
  it("leads from each figure to its list", async () => {
    const there = await world("lopez");
    const go = vi.fn();
    render(HomeScreen, { session: there.session, role: "front_desk", go, openChart: vi.fn() });
    const person = userEvent.setup();
    await person.click(await screen.findByRole("button", { name: /on the waiting list/ }));
    await person.click(screen.getByRole("button", { name: /^\d+ waiting$/ }));
    expect(go.mock.calls).toEqual([["waiting"], ["board"]]);
  });

  it("names whom the desk has to do with: forms, calls, new patients", async () => {
    const there = await world("lopez");
    const openChart = vi.fn();
    render(HomeScreen, { session: there.session, role: "front_desk", go: vi.fn(), openChart });
    const person = userEvent.setup();
    await person.click(await screen.findByRole("button", { name: /^\d+ to call$/ }));
    expect(document.activeElement?.textContent).toBe("To call");
    await person.click(
      within(screen.getByRole("region", { name: "To call" })).getByRole("button", { name: /missed/ }),
    );
    expect(openChart).toHaveBeenCalledOnce();
    expect(
      within(screen.getByRole("region", { name: "Registered today" })).getAllByRole("button"),
    ).toHaveLength(1);
    expect(
      within(screen.getByRole("region", { name: "Forms to sign" })).getAllByRole("button").length,
    ).toBeGreaterThan(0);
  });

  it("sends the reminders that are due and says how many", async () => {
    const there = await world("lopez");
    render(HomeScreen, { session: there.session, role: "front_desk", go: vi.fn(), openChart: vi.fn() });
    await userEvent.setup().click(await screen.findByRole("button", { name: "Send reminders" }));
    expect(await screen.findByText("3 reminders sent.")).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Send reminders" })).toBeNull();
  });

  it("a doctor sees own visits only and no desk's figures", async () => {
    const there = await world("osei");
    render(HomeScreen, { session: there.session, role: "doctor", go: vi.fn(), openChart: vi.fn() });
    await screen.findByRole("button", { name: /visits today/ });
    expect(screen.queryByRole("button", { name: /on the waiting list/ })).toBeNull();
  });
});
