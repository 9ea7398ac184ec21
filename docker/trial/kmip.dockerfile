# The key server of the trial.
FROM python:3.11.13-slim-bookworm
RUN pip install --no-cache-dir PyKMIP==0.11.0 cryptography==50.0.2 \
 && install -d -o 10001 -g 10001 -m 0700 /var/lib/kmip
COPY kmip.conf /etc/pykmip/server.conf
USER 10001:10001
CMD ["pykmip-server", "-f", "/etc/pykmip/server.conf", "-l", "/tmp/kmip.log"]
