import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { check } from "../api/fake/interactions";
import FindingAnswers from "./FindingAnswers.svelte";
import { rulesToAnswer } from "./findings";

it("asks for a reason and words for each major finding and for nothing else", async () => {
  const view = check([]);
  expect(rulesToAnswer(view).map((one) => one.rule)).toEqual(["warfarin-nsaids", "restricted"]);
  render(FindingAnswers, { check: view, answers: [] });
  const reasons = screen.getAllByRole("combobox");
  expect(reasons).toHaveLength(2);
  await userEvent.selectOptions(reasons[0]!, "monitored");
  await userEvent.type(screen.getAllByRole("textbox")[0]!, "INR weekly");
  expect((screen.getAllByRole("textbox")[0] as HTMLInputElement).value).toBe("INR weekly");
});
