// Words in SVG pictures whose colour stands out less than 4.5:1 from the shapes drawn behind them.
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], ground) => [r, g, b].map((part, i) => part * a + ground[i] * (1 - a));
  const luminance = (colour) => {
    const [r, g, b] = colour.map((part) => part / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };
  const opacityOf = (element) => {
    let opacity = 1;
    for (let at = element; at && at.tagName !== "svg"; at = at.parentElement) opacity *= getComputedStyle(at).opacity;
    return opacity;
  };
  const pageBehind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor);
      if (colour[3] === 1) return colour.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const filled = (element) => {
    const style = getComputedStyle(element);
    if (style.fill === "none") return [0, 0, 0, 0];
    const [r, g, b, a] = rgba(style.fill);
    return [r, g, b, a * style.fillOpacity * opacityOf(element)];
  };
  const faint = [];
  for (const svg of document.querySelectorAll("svg")) {
    if (!svg.getClientRects().length) continue;
    const drawn = [...svg.querySelectorAll("rect, path, circle, polygon, text")];
    drawn.forEach((word, order) => {
      const box = word.getBoundingClientRect();
      if (word.tagName !== "text" || !word.textContent.trim() || !box.width) return;
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      let ground = pageBehind(svg);
      for (const shape of drawn.slice(0, order)) {
        const area = shape.getBoundingClientRect();
        const isBehind = area.left <= x && x <= area.right && area.top <= y && y <= area.bottom;
        if (shape.tagName !== "text" && isBehind) ground = over(filled(shape), ground);
      }
      const ratio = contrast(over(filled(word), ground), ground);
      if (ratio < 4.5) faint.push(`${ratio.toFixed(2)}:1 "${word.textContent.trim()}" .${word.getAttribute("class")}`);
    });
  }
  return faint;
}
