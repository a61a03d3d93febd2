// The same sending by npm's web-push, connections kept alive: `node sending.js WORK.json`, CPU a message as JSON.
const { readFileSync } = require("node:fs");
const https = require("node:https");
const webpush = require("web-push");

const AT_ONCE = 100;

(async () => {
  const { subscriptions, body, publicKey, privateKey } = JSON.parse(readFileSync(process.argv[2], "utf8"));
  const agent = new https.Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const vapidDetails = { subject: "mailto:essai@example.org", publicKey, privateKey };
  const queue = [...subscriptions];
  const take = async () => {
    for (let next = queue.pop(); next; next = queue.pop()) {
      await webpush.sendNotification(next, body, { TTL: 60, contentEncoding: "aes128gcm", vapidDetails, agent });
    }
  };
  const before = process.cpuUsage();
  await Promise.all(Array.from({ length: AT_ONCE }, take));
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(JSON.stringify({ cpu: (user + system) / subscriptions.length, rss: 0, sent: subscriptions.length }));
  process.exit();
})();
