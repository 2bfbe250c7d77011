// The workspace's page: it sends forms without leaving the page and puts in what changed. Everything also works without it, one load at a time.
"use strict";

const LIMIT = 12 * 1024 * 1024;
const TYPING_EVERY = 3000;
const notice = document.getElementById("notice");
const connection = document.getElementById("connection");
let hush = 0;

document.documentElement.classList.add("scripted");
document.querySelectorAll(".side").forEach(settle);
ticking();
if (document.querySelector(".side")) listen();

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  event.preventDefault();
  await send(form);
});

document.addEventListener("change", (event) => {
  const target = event.target;
  if (target.closest(".where")) show(target.closest(".side"), new FormData(target.closest(".where")));
  if (target.type === "file") target.closest(".attach").classList.toggle("full", target.files.length > 0);
  if (target.matches(".field select")) preview(target);
  if (target.name === "shown") document.querySelector(`label[for="${target.id}"]`).classList.remove("news");
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link) return;
  const side = link.closest(".side");
  if (link.matches(".reply-link")) { event.preventDefault(); reply(side, link.dataset.thread, link.dataset.name); }
  if (link.matches(".unreply")) { event.preventDefault(); reply(side, "", ""); }
  if (link.matches(".tries a")) { event.preventDefault(); show(side, new URL(link.href).searchParams, true); }
  if (link.matches(".to-message")) { event.preventDefault(); find(side, link.hash.slice(1), link.dataset.channel); }
});

document.addEventListener("keydown", (event) => {
  if (event.target.matches(".composer textarea") && event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
  const open = event.key === "Escape" && event.target.closest("details[open]");
  if (open) { open.open = false; open.querySelector("summary").focus(); }
});

document.addEventListener("toggle", (event) => {
  if (event.target.matches("details[open]")) event.target.querySelector("form")?.scrollIntoView({ block: "nearest" });
}, true);

document.addEventListener("input", (event) => {
  const form = event.target.closest(".composer");
  if (!form || !form.closest(".customer") || Date.now() < hush || !event.target.value) return;
  hush = Date.now() + TYPING_EVERY;
  const body = new URLSearchParams(["user", "channel", "thread"].map((name) => [name, form.elements[name].value]));
  post("/api/typing", body).catch(() => {});
});

// Sends a form and empties it; what could not be sent stays in it.
async function send(form) {
  const body = new FormData(form);
  const size = [...body.values()].reduce((sum, value) => sum + (value.size ?? value.length), 0);
  if (size > LIMIT) return tell("That is more than 12 MB. Send it in smaller pieces, or attach a smaller file.");
  const buttons = form.querySelectorAll("button");
  buttons.forEach((button) => { button.disabled = true; });
  try {
    await post(form.action, body);
    if (form.matches(".composer")) sent(form);
    for (let open = form; (open = open.parentElement?.closest("details[open]"));) open.open = false;
    // What came of it may have been drawn while the form was still open, and was left for later.
    if (!form.matches(".composer")) form.reset();
    if (form.closest(".side")) await refresh(form.closest(".side"));
  } catch (error) {
    tell(error.message);
  } finally {
    buttons.forEach((button) => { button.disabled = false; });
  }
}

function sent(form) {
  form.elements.text.value = "";
  form.elements.files.value = "";
  form.querySelector(".attach").classList.remove("full");
  const expect = form.closest(".side").querySelector(".expect");
  if (expect && form.dataset.sent) expect.remove();
  form.dataset.sent = "yes";
  form.elements.text.focus();
}

async function post(url, body) {
  let answer;
  try {
    answer = await fetch(url, { method: "POST", body, headers: { accept: "application/json" } });
  } catch {
    throw new Error("The workspace does not answer. Nothing was sent; what you wrote is still here.");
  }
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.error || "That did not work. What you wrote is still here.");
}

// Shows the text that a choice would put in, before anybody sends it.
function preview(select) {
  const box = select.closest(".field").querySelector(".preview");
  if (!box) return;
  box.textContent = select.selectedOptions[0]?.dataset.shows ?? "";
  box.hidden = !box.textContent;
}

function reply(side, thread, name) {
  const form = side.querySelector(".composer");
  form.elements.thread.value = thread;
  form.querySelector(".replying").hidden = !thread;
  form.querySelector(".replying b").textContent = name;
  form.elements.text.focus();
}

// Goes to a message, in another channel where its reader may look there.
async function find(side, id, channel) {
  const name = side.dataset.side;
  const posted = () => document.querySelector(`.side[data-side="${name}"] [data-id="${CSS.escape(id)}"]`);
  const room = side.querySelector(`.where select[name=${name === "customer" ? "in" : "room"}]`);
  if (!posted() && [...room.options].some((option) => option.value === channel)) {
    room.value = channel;
    await show(side, new FormData(side.querySelector(".where")));
  }
  if (!posted()) return tell("That message is in a channel that you cannot see, or it was long ago.");
  posted().scrollIntoView({ block: "center" });
  flash(posted());
}

// Puts another person or channel on a side, and says so in the page's address.
async function show(side, chosen, focus) {
  const words = new URLSearchParams(location.search);
  ["text", "expect", "try", "in-reply", "room-reply"].forEach((word) => words.delete(word));
  const own = side.dataset.side === "customer" ? ["as", "in", "try"] : ["team", "room"];
  own.forEach((word) => { if (chosen.get(word)) words.set(word, chosen.get(word)); });
  const made = await fragment(side.dataset.side, words);
  if (!made) return;
  side.replaceWith(made);
  settle(made);
  // The other side may have been changed meanwhile, so the address is read again.
  const now = new URLSearchParams(location.search);
  ["text", "expect", "try", "in-reply", "room-reply"].forEach((word) => now.delete(word));
  const where = new FormData(made.querySelector(".where"));
  own.forEach((word) => { if (where.get(word)) now.set(word, where.get(word)); });
  history.replaceState(null, "", `?${now}`);
  if (focus) made.querySelector("textarea[name=text]").focus();
  else made.querySelector(".where select").focus();
}

async function fragment(name, words) {
  try {
    const answer = await fetch(`/side/${name}?${words}`);
    if (!answer.ok) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".side");
  } catch {
    return null;
  }
}

// Brings one side up to date: posts keep their place by id, and what somebody is filling in is left alone.
async function refresh(side) {
  const where = new FormData(side.querySelector(".where"));
  const words = new URLSearchParams([...new URLSearchParams(location.search)].filter(([word]) => !["text", "expect"].includes(word)));
  for (const [word, value] of where) words.set(word, value);
  const made = await fragment(side.dataset.side, words);
  if (!made || !side.isConnected) return;
  const [old, fresh] = [side.querySelector(".talk"), made.querySelector(".talk")];
  const low = old.scrollHeight - old.scrollTop - old.clientHeight < 120;
  const known = new Map([...old.children].map((post) => [post.dataset.id, post]));
  let last = null;
  [...fresh.children].forEach((post, place) => {
    const was = known.get(post.dataset.id);
    known.delete(post.dataset.id);
    const now = !was ? added(post) : changed(was, post);
    if (!was) last = now;
    if (old.children[place] !== now) old.insertBefore(now, old.children[place] ?? null);
  });
  known.forEach((gone) => gone.remove());
  if (last) arrived(side, last, low || last.matches(".mine"));
}

function added(post) {
  post.source = post.outerHTML;
  flash(post);
  return post;
}

function changed(was, post) {
  post.source = post.outerHTML;
  if (was.source === post.source) return was;
  const busy = [...was.querySelectorAll("details[open] form")].find((form) => [...form.elements].some(touched));
  if (busy) {
    if (!was.querySelector(".stale")) busy.insertAdjacentHTML("afterbegin", '<p class="stale" role="status">This changed while you were writing. You can still send it.</p>');
    return was;
  }
  const held = document.activeElement?.closest("li") === was ? [...was.querySelectorAll("a, button, summary, textarea")].indexOf(document.activeElement) : -1;
  was.replaceWith(post);
  if (held >= 0) (post.querySelectorAll("a, button, summary, textarea")[held] ?? post.closest(".talk")).focus({ preventScroll: true });
  return post;
}

function touched(field) {
  if (field.options) return field.selectedIndex !== Math.max(0, [...field.options].findIndex((option) => option.defaultSelected));
  return field.defaultValue !== undefined && field.value !== field.defaultValue;
}

function arrived(side, post, follow) {
  if (follow || post.matches(".reply")) post.scrollIntoView({ block: "nearest" });
  const tab = document.querySelector(`label[for="show-${side.dataset.side}"]`);
  if (!document.getElementById(`show-${side.dataset.side}`).checked) tab.classList.add("news");
}

function flash(post) {
  post.classList.remove("fresh");
  requestAnimationFrame(() => post.classList.add("fresh"));
}

function settle(side) {
  const talk = side.querySelector(".talk");
  for (const post of talk.children) post.source = post.outerHTML;
  talk.scrollTop = talk.scrollHeight;
}

function tell(sentence) {
  notice.textContent = sentence;
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => { notice.textContent = ""; }, 8000);
}

function ticking() {
  const clock = document.getElementById("clock");
  const ahead = Date.parse(clock.dateTime) - Date.now();
  const days = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "UTC" };
  setInterval(() => { clock.textContent = `${new Intl.DateTimeFormat("en-GB", days).format(Date.now() + ahead)} UTC`; }, 20000);
}

// One refresh runs at a time; changes that come meanwhile make one more.
function listen() {
  const events = new EventSource("/events");
  let running = false;
  let again = false;
  events.onopen = () => { connection.textContent = ""; };
  events.onerror = () => { connection.textContent = "Reconnecting…"; };
  events.onmessage = async () => {
    again = true;
    if (running) return;
    running = true;
    while (again) {
      again = false;
      await Promise.all([...document.querySelectorAll(".side")].map(refresh));
    }
    running = false;
  };
}
