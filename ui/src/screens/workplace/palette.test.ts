import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import App from "../../App.svelte";
import { fakeClinic } from "../../api/fake/backend";
import { PASSWORD } from "../../test-world";

async function atWork(who: string) {
  const { backend, controls } = fakeClinic();
  render(App, { backend });
  const person = userEvent.setup();
  await person.type(await screen.findByLabelText("User name"), who);
  await person.type(screen.getByLabelText("Password"), `${PASSWORD}{Enter}`);
  await screen.findByRole("button", { name: /^Go to/ });
  return { controls, person };
}

const palette = async () => within(await screen.findByRole("dialog", { name: "Go to a place or a patient" }));

describe("the field for everything", () => {
  it("opens a patient by a few letters, without the mouse", async () => {
    const { person } = await atWork("kim");
    await screen.findByRole("combobox");
    await person.keyboard("{Control>}k{/Control}smith, anna");
    await (await palette()).findByRole("option", { name: /Smith, Anna/i });
    await person.keyboard("{Enter}");
    expect(await screen.findByRole("heading", { name: /SMITH/ })).toBeTruthy();
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("goes to a place, also from where one types, and offers only what the role may", async () => {
    const { person } = await atWork("lopez");
    await screen.findByRole("combobox");
    await person.keyboard("{Control>}k{/Control}");
    const there = await palette();
    expect(there.queryByRole("option", { name: /Cohort/ })).toBeNull();
    await person.keyboard("waiting{ArrowDown}{ArrowUp}{Enter}");
    expect(await screen.findByRole("heading", { name: "Waiting list" })).toBeTruthy();
  });

  it("shows no patients to those who run the clinic", async () => {
    const { person, controls } = await atWork("adams");
    await person.keyboard("{Control>}k{/Control}");
    const there = await palette();
    expect(there.getByRole("option", { name: /Workstations/ })).toBeTruthy();
    await person.keyboard("smith");
    expect(there.queryByRole("option")).toBeNull();
    expect(controls.calls).not.toContain("search_patients");
  });

  it("is gone at the lock, with what was typed", async () => {
    const { person, controls } = await atWork("kim");
    await screen.findByRole("combobox");
    await person.keyboard("{Control>}k{/Control}smith");
    controls.lock("idle");
    await screen.findByLabelText(/Password/);
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(screen.queryByText(/smith/i)).toBeNull();
  });
});
