"use strict";
const filter = document.getElementById("filter");
const articles = [...document.querySelectorAll("article[data-state]")];
const links = [...document.querySelectorAll("[data-group]")];
const shown = document.getElementById("shown");

function apply() {
  const data = new FormData(filter);
  const words = data.get("words").toLowerCase().split(/\s+/).filter(Boolean);
  const severities = new Set(data.getAll("severity"));
  const states = new Set(data.getAll("state"));
  let count = 0;
  for (const one of articles) {
    const fits = severities.has(one.dataset.severity) && states.has(one.dataset.state)
      && words.every((word) => one.dataset.words.includes(word));
    one.hidden = !fits;
    count += fits;
  }
  for (const link of links) {
    const section = document.getElementById(link.dataset.group);
    link.hidden = section.hidden = !section.querySelector("article:not([hidden])");
  }
  document.getElementById("none").hidden = count > 0;
  shown.textContent = `${count} of ${articles.length} shown`;
}

function step(by) {
  const visible = articles.filter((one) => !one.hidden);
  const here = document.activeElement ? document.activeElement.closest("article") : null;
  const index = here ? visible.indexOf(here) + by : by > 0 ? 0 : visible.length - 1;
  const next = visible[Math.min(Math.max(index, 0), visible.length - 1)];
  if (!next) return;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "start" });
}

function unfold(article) {
  article.firstElementChild.open = true;
  prepare(article);
}

// Puts the form to sign into a finding; there is one for all of them.
function prepare(article) {
  const template = document.getElementById(article.dataset.form);
  if (!template || article.querySelector(".sign")) return;
  const form = template.content.cloneNode(true).firstElementChild;
  form.elements.id.value = article.id;
  const choice = form.elements.operation;
  const operations = [...article.querySelectorAll(".operation")].map((one) => one.textContent);
  if (choice && operations.length > 1) {
    for (const one of operations) choice.add(new Option(`${one} alone`, one));
  } else if (choice) choice.parentElement.remove();
  article.firstElementChild.append(form);
}

function key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.matches("input:not([type=checkbox]), select, textarea");
  if (event.key === "Escape" && typing) event.target.blur();
  if (typing) return;
  const article = document.activeElement ? document.activeElement.closest("article") : null;
  if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "/") filter.elements.words.focus();
  else if (event.key === "o" && article) article.firstElementChild.open = !article.firstElementChild.open;
  else if (event.key === "a" && article) {
    unfold(article);
    const field = article.querySelector(".sign input[name=reason], .sign button");
    if (field) field.focus();
  } else return;
  event.preventDefault();
}

for (const button of document.querySelectorAll(".copy")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.nextElementSibling.textContent);
    button.textContent = "Copied";
  });
}
filter.addEventListener("input", apply);
filter.addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("keydown", key);
// The event does not bubble; it is seen on its way down.
document.addEventListener("toggle", (event) => {
  const article = event.target.parentElement;
  if (event.target.open && article.dataset.form) prepare(article);
}, true);
for (const one of articles) if (one.dataset.form && one.firstElementChild.open) prepare(one);
const asked = location.hash ? document.getElementById(location.hash.slice(1)) : null;
if (asked && asked.dataset.severity) {
  for (const box of filter.querySelectorAll(`[value="${asked.dataset.severity}"]`)) box.checked = true;
}
apply();
if (asked && asked.matches("article")) {
  unfold(asked);
  asked.focus();
  asked.scrollIntoView();
}
