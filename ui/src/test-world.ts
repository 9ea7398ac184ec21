/** A screen test's world: the fake clinic, a session that someone holds, and a keyboard that listens. */
import { fakeClinic, type Controls } from "./api/fake/backend";
import { PASSWORD, type ACCOUNTS } from "./api/fake/roles";
import type { ChartView } from "./api/bindings";
import { Keyboard } from "./keyboard";
import { Session } from "./session.svelte";

export const ANNA = "00000000-0000-4000-8000-000000000001";

export { PASSWORD };
export type World = { session: Session; clinic: Controls; keyboard: Keyboard };

/** `osei`, `kim`, `lopez`, or nobody, at the seat. */
export async function world(username?: keyof typeof ACCOUNTS): Promise<World> {
  const { backend, controls } = fakeClinic();
  const session = new Session(backend);
  await session.refresh();
  if (username) await session.change("sign_in", { username, password: PASSWORD });
  return { session, clinic: controls, keyboard: new Keyboard() };
}

/** Anna Smith's chart as the person at the seat sees it. */
export function annasChart({ session }: World): Promise<ChartView> {
  return session.call("open_chart", { patient: ANNA });
}
