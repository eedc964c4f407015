// Fields that are as high as what is written in them.

/** For `{@attach}`: the field grows with its text, up to its `max-block-size`. `text` is read to follow it. */
export function autosize(text: () => string): (field: HTMLTextAreaElement) => () => void {
  return (field) => {
    const fit = (): void => {
      field.style.height = 'auto';
      field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
    };
    $effect(() => {
      text();
      fit();
    });
    // Another width breaks lines elsewhere.
    let width = field.clientWidth;
    const sizes = new ResizeObserver(() => {
      if (field.clientWidth === width) return;
      width = field.clientWidth;
      fit();
    });
    sizes.observe(field);
    return () => {
      sizes.disconnect();
    };
  };
}
