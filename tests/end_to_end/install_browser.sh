#!/usr/bin/env bash
# Finds a Chromium for the browser tests, or installs Debian's where it may. Never fails: without a
# browser those tests are skipped and say so, and every other test still runs.
set -u

for name in chromium chromium-browser google-chrome-stable google-chrome; do
  command -v "$name" >/dev/null && exit 0
done

if [ "$(id -u)" -eq 0 ] && [ -f /etc/debian_version ] && command -v apt-get >/dev/null; then
  echo 'Installing Chromium for the browser tests …'
  export DEBIAN_FRONTEND=noninteractive
  # Two minutes for another package manager to finish, rather than a failure because one is running.
  if log=$({ apt-get -qq update \
      && apt-get -qq -o DPkg::Lock::Timeout=120 install --yes --no-install-recommends chromium; } \
      2>&1 </dev/null); then
    exit 0
  fi
  printf '%s\n' "$log" | tail -n 5 >&2
fi

echo 'No Chromium here, so the browser tests will be skipped. To run them: apt-get install chromium (Debian), apt-get install chromium-browser (Ubuntu), or your system’s package of Chromium.'
