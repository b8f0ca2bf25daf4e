// What a page looks like to a person: read by test_pages_look.py, runs in the page.
() => {
  const shown = (e) => { const r = e.getBoundingClientRect(), s = getComputedStyle(e); return r.width > 1 && r.height > 1 && s.visibility === "visible"; };
  const name = (e) => `${e.tagName.toLowerCase()}.${e.getAttribute("class") ?? ""} ${(e.innerText ?? "").slice(0, 30)}`;
  const rgb = (text) => (text.match(/[\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
  const light = (c) => { const [r, g, b] = c.map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((m, n) => n - m); return (x + 0.05) / (y + 0.05); };
  const ground = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c.slice(0, 3); } return [255, 255, 255]; };

  const texts = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (walker.currentNode.data.trim() && !e.closest("script, noscript, template, svg") && shown(e)) texts.push([walker.currentNode.data.trim(), e]);
  }
  const faint = texts.filter(([, e]) => {
    const s = getComputedStyle(e), size = parseFloat(s.fontSize), isLarge = size >= 24 || (size >= 18.66 && s.fontWeight >= 700);
    return !e.closest(":disabled, .sr, .skip") && ratio(rgb(s.color).slice(0, 3), ground(e)) < (isLarge ? 3 : 4.5);
  });
  const controls = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")].filter((e) => shown(e) && !e.closest(".skip"));
  const box = (e) => [e, ...(e.labels ?? [])].map((x) => x.getBoundingClientRect()).reduce((a, b) => ({ width: Math.max(a.width, b.width), height: Math.max(a.height, b.height) }));
  const heads = [...document.querySelectorAll("h1, h2, h3, h4")].filter(shown), level = (e) => Number(e.tagName[1]);
  const inline = (e) => e.tagName === "A" && getComputedStyle(e).display === "inline";
  const foreign = texts.filter(([text, e]) => /[A-Za-z]+ [A-Za-z]+ [A-Za-z]+/.test(text) && !e.closest("code, pre, [lang=en], [data-name]"));
  return {
    overflow: Math.max(
      document.documentElement.scrollWidth - innerWidth,
      ...[...document.querySelectorAll(".scroll > .table.stacked")].map((table) => table.offsetWidth - table.parentElement.clientWidth),
    ),
    small: controls.filter((e) => !inline(e) && (box(e).width < 43.5 || box(e).height < 43.5)).map(name),
    faint: faint.map(([text, e]) => `${text.slice(0, 30)} (${name(e)})`),
    foreign: foreign.map(([text]) => text),
    skipped: heads.filter((e, i) => i && level(e) > level(heads[i - 1]) + 1).map(name),
    headings: document.querySelectorAll("h1").length,
    language: document.documentElement.lang,
    moving: document.getAnimations().length,
    hosts: [...new Set(performance.getEntriesByType("resource").map((one) => new URL(one.name).host))],
    zoom: document.querySelector("meta[name=viewport]").content,
  };
}
