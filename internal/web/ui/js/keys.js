// Keys for staff. An element with data-key="j" (or "Enter", "F2", "/") is pressed by that key; a field is focused.
// Letters, digits and Enter act only outside fields. <input type="checkbox" data-keys-off> switches all of them off and
// the choice stays on this machine (WCAG 2.1.4). data-key-list marks a list whose next and previous links J and K open.
(() => {
  const STORE = 'sen-keys-off';
  const off = () => localStorage.getItem(STORE) === '1';

  for (const box of document.querySelectorAll('[data-keys-off]')) {
    box.checked = off();
    box.addEventListener('change', () => {
      localStorage.setItem(STORE, box.checked ? '1' : '0');
      document.documentElement.classList.toggle('keys-off', box.checked);
    });
  }
  document.documentElement.classList.toggle('keys-off', off());

  const step = (by) => {
    const links = [...document.querySelectorAll('[data-key-list] a')];
    const at = links.findIndex((a) => a.hasAttribute('aria-current'));
    return links[at + by];
  };

  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || off()) return;
    if (document.querySelector('dialog[open]')) return;
    const named = /^F\d+$/.test(event.key);
    const held = event.target.closest && event.target.closest('input:not([type=radio]):not([type=checkbox]),select,textarea,[contenteditable]');
    if (held && !named) return;
    // Enter on a link, button or summary keeps its own meaning.
    if (event.key === 'Enter' && event.target.closest('a,button,summary')) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    let target = [...document.querySelectorAll('[data-key]')].find((e) => e.dataset.key.toLowerCase() === key.toLowerCase() && !e.disabled);
    if (!target && key === 'j') target = step(1);
    if (!target && key === 'k') target = step(-1);
    if (!target) return;
    event.preventDefault();
    if (target.matches('input:not([type=radio]):not([type=checkbox]),select,textarea')) target.focus();
    else target.click();
  });
})();
