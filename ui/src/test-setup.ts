import { afterEach, vi } from "vitest";
import { useLocale } from "./format";

useLocale("en-US");
afterEach(() => vi.useRealTimers());
