// Province and ward: choosing a province fetches its wards. Without JavaScript a button does the same.
export function start(page) {
  for (const group of page.querySelectorAll("[data-wards]")) {
    const province = group.querySelector("select[name=province_code]");
    const ward = group.querySelector("select[name=ward_code]");
    if (province && ward) province.addEventListener("change", () => load(group.dataset.wards, province, ward));
  }
}

async function load(address, province, ward) {
  const empty = ward.options[0];
  ward.replaceChildren(empty);
  if (!province.value) return;
  const answer = await fetch(address.replace("PROVINCE", encodeURIComponent(province.value)), { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const rows = await answer.json();
  ward.append(...rows.map(([code, name]) => new Option(name, code)));
}
