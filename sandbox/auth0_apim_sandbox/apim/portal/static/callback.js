// Hands what the sign-in has brought to the window that opened this one, if that is a page of this portal.
const place = document.getElementById("message");
const message = JSON.parse(place.dataset.message);
place.remove();
if (location.pathname.endsWith("/implicit/callback")) {
  message.uri = location.hash;
}
history.replaceState(null, "", location.pathname);
if (window.opener) {
  window.opener.postMessage(message, location.origin);
}
