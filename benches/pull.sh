#!/usr/bin/env bash
# How fast a verified pull is: `ecr-probe check --pull verify` beside `skopeo copy … dir:`,
# in turn, on this machine's own loopback.
#
#   benches/pull.sh [MEGABYTES [ROUNDS]]          (500 and 5)
#
# Prints medians of wall time, CPU time (user and system) and peak resident memory after one
# warm-up round each. The image has eight layers of random bytes. docker-registry redirects
# every blob to nginx, which serves it as a file with TLS, as ECR redirects to S3; moto
# answers GetAuthorizationToken. Both clients hash every byte; skopeo also writes them, to
# memory where /dev/shm has room. Run it with 500 and with 1000 to see whether memory grows.
#
# Needs root, and: cargo, docker-registry, htpasswd (apache2-utils), iproute2, nginx, openssl,
# skopeo, time, unbound, and moto[server] for python3. PROBE names the binary to measure;
# without it the static one is built. Everything runs in a network namespace of its own.
set -euo pipefail
cd "$(dirname "$0")/.."

megabytes=${1:-500}
rounds=${2:-5}

if [[ -z ${IN_NAMESPACE:-} ]]; then
    if [[ -z ${PROBE:-} ]]; then
        PROBE=$(scripts/build-static | tail -1 | cut -d' ' -f1)
    fi
    exec env IN_NAMESPACE=1 PROBE="$(realpath "$PROBE")" \
        unshare --net --mount --pid --fork --kill-child --mount-proc "$0" "$megabytes" "$rounds"
fi

readonly REGION=eu-west-1 ACCOUNT=123456789012 REPOSITORY=app/scheduled-file-writer
readonly HOST=$ACCOUNT.dkr.ecr.$REGION.amazonaws.com
readonly STORE=prod-$REGION-starport-layer-bucket.s3.$REGION.amazonaws.com
readonly CREDENTIALS=AWS:$ACCOUNT-auth-token IMAGE=$HOST/$REPOSITORY:v1
peers=$PWD/tests/peers
memory=/tmp
[[ $(df --output=avail -m /dev/shm | tail -1) -gt $((megabytes * 4)) ]] && memory=/dev/shm
work=$(mktemp -d "$memory/ecr-probe-bench-XXXXXX")
# What the machine sets would reach the peers; docker-registry dies of AWS_CA_BUNDLE.
unset AWS_CA_BUNDLE SSL_CERT_DIR
export SSL_CERT_FILE=$work/ca.pem HOME=$work

started=()
finish() {
    for pid in "${started[@]}"; do
        kill "$pid" 2> /dev/null || true
        wait "$pid" 2> /dev/null || true
    done
    rm -rf "$work"
}
trap finish EXIT

# Starts a program in the background and waits until it listens.
start() {
    local at=$1 log
    shift
    log=$work/$(basename "$1").log
    "$@" > "$log" 2>&1 &
    started+=($!)
    for _ in $(seq 300); do
        [[ -n $(ss --no-header --listening --numeric --tcp src "$at") ]] && return
        kill -0 $! 2> /dev/null || { cat "$log" >&2; exit 1; }
        sleep 0.1
    done
    printf '%s does not listen on %s\n' "$1" "$at" >&2
    exit 1
}

ip link set lo up
echo "nameserver 127.0.0.53" > "$work/resolv.conf"
mount --bind "$work/resolv.conf" /etc/resolv.conf

printf 'making an image of %s MB …\n' "$megabytes"
python3 benches/image.py "$work/layout" "$megabytes" 8
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout "$work/ca.key" \
    -out "$work/ca.pem" -subj "/O=Amazon/CN=Amazon Root CA 1" -addext basicConstraints=critical,CA:TRUE 2> /dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/aws.key" -subj "/CN=$HOST" 2> /dev/null |
    openssl x509 -req -days 2 -CA "$work/ca.pem" -CAkey "$work/ca.key" -CAcreateserial -out "$work/aws.crt" \
        -extfile <(echo "subjectAltName=DNS:$HOST,DNS:$STORE,DNS:api.ecr.$REGION.amazonaws.com") 2> /dev/null
htpasswd -Bbn "${CREDENTIALS%%:*}" "${CREDENTIALS#*:}" > "$work/htpasswd"

cat > "$work/unbound.conf" << END
server:
  interface: 127.0.0.53
  do-daemonize: no
  use-syslog: no
  username: ""
  chroot: ""
  directory: "$work"
  pidfile: ""
  module-config: "iterator"
  do-not-query-localhost: no
  local-zone: "amazonaws.com." static
  local-data: "api.ecr.$REGION.amazonaws.com. 60 A 127.0.0.10"
  local-data: "$HOST. 60 A 127.0.0.11"
  local-data: "$STORE. 60 A 127.0.0.12"
END
cat > "$work/registry.yml" << END
version: 0.1
log: {level: warn, accesslog: {disabled: true}}
storage:
  cache: {blobdescriptor: inmemory}
  filesystem: {rootdirectory: "$work/registry"}
middleware:
  storage:
    - name: redirect
      options: {baseurl: "https://$STORE/"}
http: {addr: "127.0.0.11:443", secret: example, tls: {certificate: "$work/aws.crt", key: "$work/aws.key"}}
auth: {htpasswd: {realm: "https://$HOST/", path: "$work/htpasswd"}}
END
cat > "$work/nginx.conf" << END
daemon off;
user root;
pid $work/nginx.pid;
error_log $work/nginx-error.log;
events {}
http {
  access_log off;
  sendfile on;
  server {
    listen 127.0.0.12:443 ssl;
    ssl_certificate $work/aws.crt;
    ssl_certificate_key $work/aws.key;
    location / { root $work/registry; }
  }
}
END
mkdir "$work/registry"
start 127.0.0.53:53 unbound -d -c "$work/unbound.conf"
start 127.0.0.10:443 python3 "$peers/aws.py" "$work/layout" -H 127.0.0.10 -p 443 -c "$work/aws.crt" -k "$work/aws.key"
start 127.0.0.11:443 docker-registry serve "$work/registry.yml"
start 127.0.0.12:443 nginx -c "$work/nginx.conf"
skopeo --insecure-policy --tmpdir "$work" copy --quiet --dest-creds "$CREDENTIALS" "oci:$work/layout:v1" "docker://$IMAGE"
rm -r "$work/layout"

# Wall, user and system seconds and peak KiB of one run, appended to the client's file.
measure() {
    local name=$1
    shift
    if ! /usr/bin/time --format '%e %U %S %M' --output "$work/time" "$@" > "$work/out" 2>&1; then
        cat "$work/out" >&2
        exit 1
    fi
    cat "$work/time" >> "$work/$name.times"
}
probe() {
    measure ecr-probe env AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE AWS_SECRET_ACCESS_KEY=example AWS_EC2_METADATA_DISABLED=true \
        "$PROBE" check "$IMAGE" --pull verify --platform linux/amd64 --output json --ca-bundle "$work/ca.pem"
}
copy() {
    measure skopeo skopeo --insecure-policy --tmpdir "$work" copy --quiet --src-creds "$CREDENTIALS" "docker://$IMAGE" "dir:$work/copy"
    rm -r "$work/copy"
}

probe && copy
rm "$work"/*.times
for _ in $(seq "$rounds"); do probe && copy; done

median() { sort --numeric-sort | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'; }
printf '%-10s %8s %8s %8s %8s\n' "$megabytes MB" 'wall s' 'CPU s' 'MB/s' 'peak MiB'
for client in ecr-probe skopeo; do
    wall=$(awk '{ print $1 }' "$work/$client.times" | median)
    cpu=$(awk '{ print $2 + $3 }' "$work/$client.times" | median)
    peak=$(awk '{ print $4 / 1024 }' "$work/$client.times" | median)
    awk -v name="$client" -v wall="$wall" -v cpu="$cpu" -v peak="$peak" -v megabytes="$megabytes" \
        'BEGIN { printf "%-10s %8.2f %8.2f %8.0f %8.1f\n", name, wall, cpu, megabytes / wall, peak }'
done
