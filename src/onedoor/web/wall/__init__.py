"""大屏: pages for screens on a wall. No account, no personal data; they run for weeks."""
