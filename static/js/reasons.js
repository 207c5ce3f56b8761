// A reason brings its usual text into the field named by data-notes, unless somebody has written there already.
export function start(page) {
  for (const select of page.querySelectorAll("select[data-notes]")) {
    const text = page.getElementById(select.dataset.notes);
    if (!text) continue;
    const offered = new Set([...select.options].map((option) => option.dataset.note).filter(Boolean));
    select.addEventListener("change", () => {
      const note = select.selectedOptions[0]?.dataset.note ?? "";
      if (text.value.trim() && !offered.has(text.value.trim())) return;
      text.value = note;
      text.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
}
