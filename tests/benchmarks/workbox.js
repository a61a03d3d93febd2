// The baseline: Workbox precaches a list of addresses. The list is put in front by workbox.py.
import { precacheAndRoute } from "workbox-precaching";

self.skipWaiting();
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
precacheAndRoute(self.__WB_MANIFEST);
