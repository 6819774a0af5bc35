// Keeps what is typed into a long form now and then, quietly. The form keeps everything by itself when it is sent.

const PAUSE = 4000;

export function keepWhileTyping(root) {
  for (const form of root.querySelectorAll('form[data-kept]')) follow(form);
}

function follow(form) {
  const status = form.querySelector('[data-kept-status]');
  let timer = 0;
  let isStopped = false;
  const later = () => {
    clearTimeout(timer);
    if (!isStopped) timer = setTimeout(keep, PAUSE);
  };
  form.addEventListener('input', later);
  form.addEventListener('change', later);
  form.addEventListener('submit', () => {
    isStopped = true;
    clearTimeout(timer);
  });
  form.addEventListener('stayed', () => {
    isStopped = false;
  });

  async function keep() {
    const words = new FormData();
    // Files go when the form is sent: they would be stored again and again.
    for (const [name, value] of new FormData(form)) if (typeof value === 'string') words.append(name, value);
    words.append('next', 'quietly');
    try {
      const answer = await fetch(form.action, { method: 'POST', body: words, redirect: 'error' });
      // The form's token is no longer good: the session has ended, here or in another tab.
      if (answer.status === 400) status.textContent = status.dataset.keptLost;
      if (!answer.ok && answer.status !== 409) return;
      status.textContent = await answer.text();
      if (answer.ok) form.elements.kept.value = answer.headers.get('X-Draft-Changed');
      // What was kept elsewhere in the meantime is not written over behind the person's back.
      else isStopped = true;
    } catch {
      // No connection: the words are still on the page, and the next pause tries again.
    }
  }
}
