// Echoes what an amount will be read as: "1,5 tỷ" becomes "1.500.000.000 ₫". The same grammar as marketplace/values/money.py
// (a browser test compares them); where that refuses, this stays silent. The server reads the text again.
const UNITS = {
  nghin: 3, ngan: 3, k: 3, thousand: 3, trieu: 6, tr: 6, million: 6, ty: 9, ti: 9, billion: 9,
  "nghin ty": 12, "nghin ti": 12, "ngan ty": 12, "ngan ti": 12, trillion: 12,
};
const GROUPED = /^[0-9]{1,3}(?:([. ,])[0-9]{3})(?:\1[0-9]{3})*$/;
const SCALE = 12; // decimals kept while adding up, so that the arithmetic is whole
const LARGEST = 10n ** 15n; // money.MAX_AMOUNT
const LONGEST = 80;

export function start(page) {
  for (const input of page.querySelectorAll("[data-money]")) {
    const output = page.getElementById(input.dataset.money);
    if (!output) continue;
    const show = () => {
      const amount = parse(input.value);
      output.textContent = amount === null ? "" : format(amount);
    };
    input.addEventListener("input", show);
    show();
  }
}

export function format(amount) {
  const english = document.documentElement.lang === "en";
  const digits = amount.toString().replace(/\B(?=(\d{3})+$)/g, english ? "," : ".");
  return english ? `VND\u00a0${digits}` : `${digits}\u00a0₫`;
}

// Whole đồng as a BigInt, or null for what is no amount or can be read in more than one way.
export function parse(text) {
  const plain = fold(text);
  if (!plain || plain.length > LONGEST) return null;
  const bare = plain.replace(/₫\.?\s*$/, "").replace(/(^|[^a-z])(?:dong|vnd|d)\.?\s*$/, "$1").trimEnd();
  const parts = split(bare);
  const total = parts && sum(parts, bare !== plain);
  const one = 10n ** BigInt(SCALE);
  if (total === null || total % one !== 0n || total / one > LARGEST) return null;
  return total / one;
}

function fold(text) {
  const bare = text.normalize("NFKC").replace(/[đĐ]/g, "d").normalize("NFD").replace(/\p{M}/gu, "");
  return bare.trim().replace(/\s+/g, " ").toLowerCase();
}

// [[number, exponent], …] of "2 ty 300 trieu", or null.
function split(bare) {
  const part = /([0-9][0-9.,]*(?: [0-9]{3}(?![0-9]))*)\s*([a-z]+(?: t[yi](?![a-z]))?)?\s*/y;
  const parts = [];
  while (part.lastIndex < bare.length) {
    const match = part.exec(bare);
    if (!match || (match[2] !== undefined && !(match[2] in UNITS))) return null;
    parts.push([match[1], match[2] === undefined ? 0 : UNITS[match[2]]]);
  }
  return parts.length ? parts : null;
}

function sum(parts, closed) {
  let total = 0n;
  let limit = null;
  for (const [number, exponent] of parts) {
    if (exponent === 0 && limit !== null && !closed) return null; // "2 tỷ 3" is said for 2,3 tỷ
    const value = scaled(number, exponent);
    if (value === null || (limit !== null && value >= limit)) return null;
    total += value;
    limit = 10n ** BigInt(SCALE + exponent);
  }
  return total;
}

// The value of digits with separators times 10^(SCALE + exponent); null when two readers would read it differently.
function scaled(number, exponent) {
  const [whole, decimals] = read(number, exponent > 0) || [];
  if (whole === undefined || decimals.length > SCALE) return null;
  return BigInt(whole + decimals) * 10n ** BigInt(SCALE + exponent - decimals.length);
}

function read(number, hasUnit) {
  if (/^[0-9]+$/.test(number)) return [number, ""];
  if (!/[0-9]$/.test(number)) return null;
  const grouped = number.match(GROUPED);
  if (grouped && (grouped[1] !== "," || number.split(",").length > 2)) return [number.replace(/[., ]/g, ""), ""];
  const [whole, decimals, ...more] = number.split(",");
  if (decimals !== undefined && !more.length && /^[0-9]+$/.test(decimals) && (/^[0-9]+$/.test(whole) || GROUPED.test(whole))) {
    return grouped && !hasUnit ? null : [whole.replace(/[. ]/g, ""), decimals];
  }
  return hasUnit && /^[0-9]+\.[0-9]{1,2}$/.test(number) ? number.split(".") : null;
}
