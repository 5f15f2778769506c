"use strict";
// Each page works without this: it refreshes a request as it goes on, and says how far an upload is.

const parsed = (text) => new DOMParser().parseFromString(text, "text/html");

async function refresh() {
  const shown = document.getElementById("life");
  const seconds = Number(shown?.dataset.refresh);
  if (!seconds) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = parsed(await answer.text());
    const next = page.getElementById("life");
    if (!next) {
      // signed out since
      location.reload();
      return;
    }
    // the tokens of its forms differ each time
    if (next.textContent !== shown.textContent) {
      const held = shown.contains(document.activeElement);
      shown.replaceWith(next);
      document.title = page.title;
      if (held) document.getElementById("content").focus();
    }
  } catch {
    // the server is away: it may come again
  }
  setTimeout(refresh, seconds * 1000);
}

function send(form) {
  const said = form.querySelector(".sending");
  const button = form.querySelector("button:not([type])");
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.upload.onprogress = (event) => {
    said.textContent = `Sending: ${Math.floor((100 * event.loaded) / event.total)} %`;
  };
  request.onload = () => {
    if (request.status === 200 && request.responseURL !== form.action) {
      location.assign(request.responseURL);
      return;
    }
    // the same page, with what is wrong
    document.getElementById("content").replaceWith(parsed(request.responseText).getElementById("content"));
    prepare();
    document.getElementById("content").focus();
  };
  request.onerror = () => {
    said.textContent = "The connection broke, and nothing was stored. Send it once more.";
    button.disabled = false;
  };
  button.disabled = true;
  request.send(new FormData(form));
}

function prepare() {
  const form = document.querySelector("form[data-upload]");
  if (!form) return;
  for (const input of form.querySelectorAll("input[type=file]")) {
    for (const name of ["dragover", "dragleave", "drop"]) {
      input.addEventListener(name, () => input.classList.toggle("over", name === "dragover"));
    }
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    let size = 0;
    for (const input of form.querySelectorAll("input[type=file]")) {
      for (const file of input.files) size += file.size;
    }
    if (size > Number(form.dataset.most)) {
      form.querySelector(".sending").textContent = "These files are too large together; choose fewer.";
    } else {
      send(form);
    }
  });
}

prepare();
refresh();
