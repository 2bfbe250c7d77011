# The same entry point as in a checkout; docs/run.md has the whole line. A container's own loopback reaches nobody, so the page needs a token:
# docker run -p 8080:8080 -e FRONTDESK_HOST=0.0.0.0 -e FRONTDESK_TOKEN=... -v frontdesk:/var/lib/frontdesk frontdesk
FROM python:3.11-slim-bookworm AS build
WORKDIR /opt/frontdesk
COPY requirements.lock .
RUN python -m venv .venv && .venv/bin/python -m pip install --no-cache-dir --no-input --require-hashes -r requirements.lock

FROM python:3.11-slim-bookworm
# For knowledge sources of kind git.
RUN apt-get update && apt-get install -y --no-install-recommends git openssh-client && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /var/lib/frontdesk --create-home --shell /usr/sbin/nologin frontdesk
WORKDIR /opt/frontdesk
COPY --from=build /opt/frontdesk/.venv .venv
COPY . .
RUN python -m compileall -q -x '\.venv' .
USER frontdesk
ENV FRONTDESK_HOME=/var/lib/frontdesk PYTHONUNBUFFERED=1
VOLUME /var/lib/frontdesk
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/health', timeout=4)"]
ENTRYPOINT ["./frontdesk"]
CMD ["run"]
