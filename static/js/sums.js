// Adds up the amounts of a schedule while they are typed and says by how much they miss the whole:
// <output data-sum="milestones" data-whole="price" data-equal="…" data-short="… SUM … OFF …" data-over="…">.
import { format, parse } from "./money.js";

export function start(page) {
  for (const output of page.querySelectorAll("[data-sum]")) {
    const form = output.closest("form");
    const show = () => update(form, output);
    form.addEventListener("input", show);
    show();
  }
}

function update(form, output) {
  const parts = [...form.querySelectorAll(`[name^="${output.dataset.sum}-"][data-money]`)].map((input) => input.value.trim());
  const amounts = parts.filter(Boolean).map(parse);
  const whole = parse(form.elements[output.dataset.whole].value);
  const unsure = !amounts.length || whole === null || amounts.includes(null); // what is wrong is said where it stands
  const sum = unsure ? 0n : amounts.reduce((total, amount) => total + amount, 0n);
  const off = unsure ? 0n : whole - sum;
  const said = off === 0n ? output.dataset.equal : off > 0n ? output.dataset.short : output.dataset.over;
  output.textContent = unsure ? "" : said.replace("SUM", format(sum)).replace("OFF", format(off < 0n ? -off : off));
  output.classList.toggle("is-bad", off !== 0n);
}
