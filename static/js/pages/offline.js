/** Keeps the page for when the server cannot be reached (see offline/worker.js). Only a comfort. */

async function keep() {
  try {
    await navigator.serviceWorker.register("/offline-worker.js");
  } catch (fault) {
    // A certificate that the browser does not trust, a private window, a full disk.
    console.debug("No page for when the server cannot be reached:", fault);
  }
}

// Browsers have it in secure contexts only. Nothing that the page shows waits for it.
if ("serviceWorker" in navigator) addEventListener("load", keep);
