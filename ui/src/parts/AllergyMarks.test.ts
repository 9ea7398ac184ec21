import { render, screen } from "@testing-library/svelte";
import { expect, it } from "vitest";
import AllergyMarks from "./AllergyMarks.svelte";

it("the five states of allergies never look alike", () => {
  render(AllergyMarks, {
    allergies: {
      is: "recorded",
      severe: ["Penicillin"],
      mild: ["Latex", "Latex"],
      intolerances: ["Lactose"],
    },
  });
  for (const words of ["Severe · Penicillin", "Allergy · Latex", "Intolerance · Lactose"]) {
    expect(screen.getAllByText(words).length).toBeGreaterThan(0);
  }
});

it("none known says when and by whom it was asked", () => {
  render(AllergyMarks, { allergies: { is: "none_known", confirmed: "2026-02-17", by: "N. Kim" } });
  expect(document.body.textContent).toMatch(/No known allergies.*asked Feb 17, 2026, N\. Kim/);
});

it("none known without a date still says so", () => {
  render(AllergyMarks, { allergies: { is: "none_known", confirmed: null, by: null } });
  expect(document.body.textContent?.trim()).toBe("No known allergies");
});

it("not recorded is its own words", () => {
  render(AllergyMarks, { allergies: { is: "not_recorded" } });
  expect(document.body.textContent?.trim()).toBe("Allergies not recorded");
});
