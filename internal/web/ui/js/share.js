// Share and print. <button class="share-only" data-share="url" data-share-title="..." data-share-file="image url">;
// a phone's share sheet saves the picture to the gallery or hands it to a bank's app. <button data-print> prints.
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
    // The person closed the share sheet: nothing to say.
  }
});
