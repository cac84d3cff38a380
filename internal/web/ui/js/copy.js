// Copy buttons: <button data-copy="value" data-done="Đã chép" data-fail="..." data-said="Đã chép số tài khoản">
// with a [data-label] inside. Without clipboard access the value is selected, ready for a long press.
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
