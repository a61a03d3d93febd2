// Reads {"first", "days", "texts": […]} on stdin, writes for each text its open stretches in wall-clock minutes.
// Run with TZ=Europe/Paris and NODE_PATH holding opening_hours.
const OpeningHours = require("opening_hours");
const place = { address: { country_code: "fr", state: "Île-de-France" } };
const wall = (moment) =>
  Date.UTC(moment.getFullYear(), moment.getMonth(), moment.getDate(), moment.getHours(), moment.getMinutes()) / 60000;

let input = "";
process.stdin.on("data", (chunk) => (input += chunk));
process.stdin.on("end", () => {
  const { first, days, texts } = JSON.parse(input);
  const [year, month, day] = first.split("-").map(Number);
  const begins = new Date(year, month - 1, day), ends = new Date(year, month - 1, day + days);
  for (const text of texts) {
    const stretches = new OpeningHours(text, place).getOpenIntervals(begins, ends);
    console.log(JSON.stringify(stretches.map(([start, end]) => [wall(start), wall(end)])));
  }
});
