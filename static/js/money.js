// Echoes what an amount will be read as: "1,5 tỷ" becomes "1.500.000.000 ₫". The server reads it again; this only shows.
const UNITS = [[/^(tỷ|tỉ|ty|ti|b|bn)$/, 1e9], [/^(triệu|trieu|tr|m)$/, 1e6], [/^(nghìn|ngàn|nghin|ngan|k)$/, 1e3], [/^(đồng|dong|đ|d|₫|vnd|vnđ)?$/, 1]];

export function start(page) {
  for (const input of page.querySelectorAll("[data-money]")) {
    const output = page.getElementById(input.dataset.money);
    if (!output) continue;
    const show = () => {
      const amount = parse(input.value);
      output.textContent = amount === null ? "" : `${new Intl.NumberFormat("vi").format(amount)} ₫`;
    };
    input.addEventListener("input", show);
    show();
  }
}

// Whole đồng, or null when empty, ambiguous ("1.5") or not a whole number.
export function parse(text) {
  const match = text.normalize("NFC").trim().toLowerCase().match(/^([\d.,\s ]+)\s*([^\d\s.,]*)$/);
  if (!match) return null;
  const unit = UNITS.find(([pattern]) => pattern.test(match[2]));
  const digits = match[1].replace(/[\s ]/g, "");
  if (!unit || !/^(\d{1,3}(\.\d{3})+|\d+)(,\d+)?$/.test(digits)) return null;
  const [whole, fraction = ""] = digits.replace(/\./g, "").split(",");
  const zeros = Math.round(Math.log10(unit[1]));
  if (fraction.replace(/0+$/, "").length > zeros) return null;
  const amount = Number(whole + fraction.slice(0, zeros).padEnd(zeros, "0"));
  return Number.isSafeInteger(amount) ? amount : null;
}
