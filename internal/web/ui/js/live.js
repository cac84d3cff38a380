// A page that changes by itself, without reloading.
//
//   <div data-live-target="bill" data-live="events url" data-poll="version url" data-version="7" data-say="...">
//
// The first element with data-live drives. Its event stream sends "changed", "paid" or "version" with the
// version as data; its poll address answers with the version as plain text. When the version differs from
// data-version, the page is fetched again and every [data-live-target] is replaced by its namesake (or taken
// away when it has none); data-say of the new driver is spoken. data-final ends it.
// Polling is the net under the stream: some networks hold streams back.
(() => {
  const FAST = 2000, SLOW = 20000, NET = 30000;
  let driver = document.querySelector('[data-live]');
  let stream, timer, tries = 0, busy = false, again = false;

  const done = () => !driver || 'final' in driver.dataset;

  function close() {
    clearTimeout(timer);
    if (stream) stream.close();
    stream = null;
  }

  function plan() {
    clearTimeout(timer);
    if (done() || document.hidden || !driver.dataset.poll) return;
    const open = stream && stream.readyState === 1;
    timer = setTimeout(poll, open ? NET : Math.min(FAST * 1.4 ** tries++, SLOW));
  }

  async function poll() {
    try {
      const answer = await fetch(driver.dataset.poll, { cache: 'no-store' });
      if (answer.ok) await heard((await answer.text()).trim());
    } catch {
      // Offline: the next poll asks again.
    }
    plan();
  }

  async function heard(version) {
    if (done() || (version && version === driver.dataset.version)) return;
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    try {
      const answer = await fetch(location.href, { cache: 'no-store' });
      if (answer.ok) swap(new DOMParser().parseFromString(await answer.text(), 'text/html'));
    } catch {
      // The version still differs, so the next poll brings it.
    }
    busy = false;
    if (again) {
      again = false;
      await heard('');
    }
  }

  function swap(page) {
    const before = driver.dataset.version;
    for (const old of document.querySelectorAll('[data-live-target]')) {
      const held = old.contains(document.activeElement) && document.activeElement;
      if (held && held.matches('input,select,textarea')) continue; // never pull a field from under a hand
      const fresh = page.querySelector('[data-live-target="' + old.dataset.liveTarget + '"]');
      if (!fresh) {
        old.remove();
        continue;
      }
      old.replaceWith(document.adoptNode(fresh));
      const head = held && fresh.querySelector('h1,h2');
      if (head) {
        head.tabIndex = -1;
        head.focus();
      }
    }
    document.title = page.title;
    driver = document.querySelector('[data-live]');
    if (driver && driver.dataset.say && driver.dataset.version !== before) sen.say(driver.dataset.say);
    if (done()) {
      close();
      scrollTo(0, 0);
    }
  }

  function open() {
    if (done() || document.hidden) return;
    tries = 0;
    if (window.EventSource && driver.dataset.live) {
      stream = new EventSource(driver.dataset.live);
      for (const name of ['changed', 'paid', 'version']) {
        stream.addEventListener(name, (event) => heard(event.data));
      }
      stream.onerror = plan;
      stream.onopen = plan;
    }
    plan();
  }

  // A phone that comes back from the bank's app must not wait for the next round.
  document.addEventListener('visibilitychange', () => {
    close();
    if (done() || document.hidden) return;
    open();
    if (driver.dataset.poll) poll();
  });
  open();
})();
