// A form marked data-leave-guard asks before its page is left with typed text that was not sent.

export function guardTypedText(root) {
  const forms = [...root.querySelectorAll('form[data-leave-guard]')];
  if (forms.length === 0) return;

  const typed = (form) =>
    [...form.elements].some((control) => {
      if (control.matches('textarea, input:is(:not([type]), [type="text"], [type="email"], [type="tel"])')) {
        return control.value !== control.defaultValue;
      }
      return control.type === 'file' && control.files.length > 0;
    });

  let isSending = false;
  for (const form of forms) {
    form.addEventListener('submit', () => {
      isSending = true;
    });
  }
  // Coming back with the Back button shows the same document again.
  addEventListener('pageshow', () => {
    isSending = false;
  });
  addEventListener('beforeunload', (event) => {
    if (!isSending && forms.some(typed)) event.preventDefault();
  });
}
