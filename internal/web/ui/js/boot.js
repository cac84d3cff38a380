// Says that script runs. The stylesheet shows .js-only and .share-only elements by these classes,
// so a region swapped in by live.js needs no setting up.
document.documentElement.classList.add('js');
if (navigator.share) document.documentElement.classList.add('can-share');

// sen.say speaks through the page's one polite status line.
const sen = {
  say(text) {
    const line = document.querySelector('[data-status]');
    if (line) line.textContent = text;
  },
};
