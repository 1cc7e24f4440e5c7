/** On the page that stands in for one that could not be had: look again once there is a network. */
addEventListener("online", () => location.reload());
