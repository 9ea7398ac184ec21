// Joins the members, makes the roles and the accounts. What is there already stays.
/* global rs, db, sleep, print, passwordPrompt, require */
const { readFileSync } = require("fs");
const secret = (name) => readFileSync(`/run/secrets/${name}`, "utf8").trim();
const ignoring = (code, work) => {
  try { return work(); } catch (error) { if (error.code !== code) throw error; }
};

const members = ["mongo1", "mongo2", "mongo3"].map((name, nth) => ({
  _id: nth, host: `${name}:27017`, priority: nth === 0 ? 2 : 1,
}));
ignoring(23, () => rs.initiate({ _id: "wardseal", members }));
while (!db.hello().isWritablePrimary) sleep(500);

const admin = db.getSiblingDB("admin");
const mechanisms = ["SCRAM-SHA-256"];
ignoring(51003, () => ignoring(13, () =>
  admin.createUser({ user: "administrator", pwd: secret("administrator_password"), roles: ["root"], mechanisms })));
admin.auth("administrator", secret("administrator_password"));

const { roles } = JSON.parse(readFileSync("/etc/trial/roles.json", "utf8"));
for (const role of roles) {
  ignoring(51002, () => admin.createRole(role));
  admin.updateRole(role.role, { privileges: role.privileges, roles: role.roles });
}
// One account for everything a workstation may ever do; a real site gives the second and third role to few.
const mayHave = ["wardsealApplication", "wardsealKeyVault", "wardsealSetup"];
ignoring(51003, () => admin.createUser({
  user: "workstation", pwd: secret("workstation_password"), roles: mayHave, mechanisms,
}));
print("The cluster is ready.");
