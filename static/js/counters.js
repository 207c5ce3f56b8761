// Live limits: data-count="ID" data-max data-advice (characters), data-keywords="ID" data-max (comma-separated words).
export function start(page) {
  for (const input of page.querySelectorAll("[data-count], [data-keywords]")) {
    const output = page.getElementById(input.dataset.count || input.dataset.keywords);
    if (!output) continue;
    const said = output.textContent;
    const show = () => update(input, output, said);
    input.addEventListener("input", show);
    show();
  }
}

export function count(input) {
  if (input.dataset.keywords) return input.value.split(/[,;\n]/).filter((word) => word.trim()).length;
  return [...input.value.normalize("NFC")].length;
}

function update(input, output, said) {
  const used = count(input);
  const max = Number(input.dataset.max || 0);
  const advice = Number(input.dataset.advice || 0);
  const number = new Intl.NumberFormat(document.documentElement.lang || "vi");
  const over = max > 0 && used > max;
  output.textContent = used ? `${number.format(used)} / ${number.format(max || advice)} · ${said}` : said;
  output.classList.toggle("is-over", over);
  output.classList.toggle("is-advice", !over && advice > 0 && used > advice);
}
