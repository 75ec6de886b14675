# An example: ujar with what `ujar follow` and `ujar serve` need, run by a user without rights; the ledger lies in a volume.
#   docker build -t ujar .
#   docker run --rm -v news:/var/lib/ujar -v "$PWD/examples/feeds.toml:/etc/ujar/feeds.toml:ro" ujar
#   docker run --rm -v news:/var/lib/ujar -p 127.0.0.1:8000:8000 -e UJAR_TOKEN ujar serve --ledger news --host 0.0.0.0
FROM python:3.12-slim AS build
WORKDIR /build
COPY pyproject.toml README.md LICENSE ./
COPY src ./src
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.12-slim
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir "ujar[serve,follow] @ file://$(ls /wheels/ujar-*.whl)" \
    && useradd --system --home-dir /var/lib/ujar --create-home ujar
USER ujar
WORKDIR /var/lib/ujar
VOLUME /var/lib/ujar
EXPOSE 8000
# It ends after the commit it is at.
STOPSIGNAL SIGTERM
ENTRYPOINT ["ujar"]
CMD ["follow", "/etc/ujar/feeds.toml", "--ledger", "news"]
