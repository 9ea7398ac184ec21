// Sees every message before it leaves the web view and passes on only the three kinds that the screens use.
const known = ["call", "plugin:event|listen", "plugin:event|unlisten"];

window.__TAURI_ISOLATION_HOOK__ = (message) => {
  if (typeof message !== "object" || message === null || !known.includes(message.cmd)) throw new Error("refused");
  return message;
};
