// Subscribe to the address given, read it with Thunderbird's parser, and say what was seen as JSON.
// Zones are taken from the calendar alone: nothing is registered beforehand, as in Thunderbird's worker.
import ICAL from "ical.js";

const answer = await fetch(process.argv[2], { headers: { "User-Agent": "Thunderbird" } });
if (answer.status !== 200) throw new Error(`answered ${answer.status}`);
const calendar = new ICAL.Component(ICAL.parse(await answer.text()));
const moment = (time) => (time.isDate ? time.toString() : time.toJSDate().toISOString());
const events = calendar.getAllSubcomponents("vevent").map((component) => {
  const event = new ICAL.Event(component);
  return {
    uid: event.uid,
    summary: event.summary,
    description: event.description ?? "",
    starts: moment(event.startDate),
    ends: moment(event.endDate),
    sequence: event.sequence,
    status: component.getFirstPropertyValue("status"),
    zone: event.startDate.zone.tzid,
  };
});
console.log(JSON.stringify(events));
