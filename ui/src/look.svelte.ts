/** How the screen looks and listens. Kept in memory only; nothing of it is about a patient. */

export type Theme = "system" | "light" | "dark";
export type Density = "comfortable" | "compact";

class Look {
  theme = $state<Theme>("system");
  density = $state<Density>("comfortable");
  letters = $state(true);
}

export const look = new Look();
