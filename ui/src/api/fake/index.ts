/** The fake build's backend: a clinic in memory, with a handle for tests on the window. Never in the product build. */
import { fakeClinic } from "./backend";

const fake = fakeClinic();
export const backend = fake.backend;
Object.defineProperty(window, "fake", { value: fake.controls });
