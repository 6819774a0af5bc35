// Recovery codes can be copied; without script they can be read and written down.

export function keepCodes(root) {
  const tools = root.querySelector('[data-codes]');
  if (!tools) return;

  tools.hidden = false;
  const copy = tools.querySelector('[data-copy]');
  copy.addEventListener('click', async () => {
    const codes = [...root.getElementById(copy.dataset.copy).querySelectorAll('code')].map((code) => code.textContent);
    await navigator.clipboard.writeText(codes.join('\n'));
    tools.querySelector('[role=status]').textContent = tools.dataset.copied;
  });
  if (!navigator.clipboard) copy.hidden = true;
}
