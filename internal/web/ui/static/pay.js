document.documentElement.classList.add('js');
if (navigator.share) document.documentElement.classList.add('can-share');
const sen = {
say(text) {
const line = document.querySelector('[data-status]');
if (line) line.textContent = text;
},
};
document.addEventListener('click', async (event) => {
const button = event.target.closest('[data-copy]');
if (!button) return;
const { copy, done, fail, said } = button.dataset;
try {
await navigator.clipboard.writeText(copy);
} catch {
const value = button.parentElement.querySelector('.copy__v');
if (value) getSelection().selectAllChildren(value);
sen.say(fail || '');
return;
}
sen.say(said || done);
const label = button.querySelector('[data-label]');
if (!label || button.dataset.was) return;
button.dataset.was = label.textContent;
label.textContent = done;
setTimeout(() => {
label.textContent = button.dataset.was;
delete button.dataset.was;
}, 2500);
});
document.addEventListener('click', async (event) => {
const button = event.target.closest('[data-share],[data-print]');
if (!button) return;
if ('print' in button.dataset) {
print();
return;
}
const { share, shareTitle, shareFile } = button.dataset;
const data = { title: shareTitle };
try {
if (shareFile) {
const blob = await (await fetch(shareFile)).blob();
const name = shareFile.split('/').pop().split('?')[0];
const files = [new File([blob], name, { type: blob.type })];
if (navigator.canShare && navigator.canShare({ files })) data.files = files;
}
if (!data.files) data.url = new URL(share, location.href).href;
await navigator.share(data);
} catch {
}
});
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
if (held && held.matches('input,select,textarea')) continue;
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
document.addEventListener('visibilitychange', () => {
close();
if (done() || document.hidden) return;
open();
if (driver.dataset.poll) poll();
});
open();
})();
