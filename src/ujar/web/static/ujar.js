// The page works without this. With it, the words of what is explained light up in the text.
"use strict";

function light() {
  for (const piece of document.querySelectorAll(".m.now")) piece.classList.remove("now");
  const anchor = location.hash.slice(1);
  if (!/^[se][0-9]+$/.test(anchor)) return;
  for (const piece of document.querySelectorAll(`.of-${anchor}`)) piece.classList.add("now");
}

addEventListener("hashchange", light);
addEventListener("keydown", (event) => {
  // Closes what is explained, and goes back to its words.
  if (event.key !== "Escape" || !/^#[se][0-9]+$/.test(location.hash)) return;
  const number = document.getElementById(`m-${location.hash.slice(1)}`);
  if (number) {
    location.hash = number.id;
    number.focus();
  }
});
light();

// Come from a list: the words, too, are brought into view.
addEventListener("load", () => {
  const words = /^#[se][0-9]+$/.test(location.hash) && document.getElementById(`m-${location.hash.slice(1)}`);
  if (words) words.scrollIntoView({ block: "start" });
});
