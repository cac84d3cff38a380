#!/usr/bin/env bash
# Makes the pictures of README.md and docs/ again, from a fresh demonstration.
#   scripts/pictures.sh [NAME…]     default: all of them
# SEN names the program (default bin/sen, built first), SEN_PICTURES the folder (default docs/pictures),
# SEN_DEMO a demonstration that runs already, such as http://127.0.0.1:8080, and SEN_DATA its
# folder (default data/demo).
# Drives Chromium over its debugging pipe: commands go to descriptor 3 of the browser, answers
# come from its descriptor 4, each ended by a zero byte.
set -euo pipefail
cd "$(dirname "$0")/.."
sen=${SEN:-bin/sen}
out=${SEN_PICTURES:-docs/pictures}
password=hoasen-mau-2026
largest=150000 # bytes of one picture

scripts/needs.sh chromium pngquant
[ -n "${SEN:-}" ] || make -s build
tmp=$(mktemp -d "${TMPDIR:-/tmp}/sen-pictures.XXXXXX")
started=()
finish() {
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || true; done
  rm -rf "$tmp" 2>/dev/null || { sleep 1 && rm -rf "$tmp"; } # the browser's last child may still write
}
trap finish EXIT

fail() {
  echo "$*" >&2
  exit 1
}

# --- the demonstration

data=${SEN_DATA:-data/demo}
if [ -z "${SEN_DEMO:-}" ]; then
  data=$tmp/demo
  port=$(scripts/free-port.sh)
  SEN_DEMO=http://127.0.0.1:$port
  "$sen" demo --data "$data" --addr "127.0.0.1:$port" --speed 4 >"$tmp/demo.log" 2>&1 &
  started+=($!)
  for _ in $(seq 240); do
    grep -q 'Ctrl-C' "$tmp/demo.log" && break
    kill -0 "${started[0]}" 2>/dev/null || fail "$(cat "$tmp/demo.log")"
    sleep 0.5
  done
  sleep 20 # the province lives a little, so that today has money in it
fi

# --- the browser

mkfifo "$tmp/to" "$tmp/from"
LANGUAGE=vi "${SEN_CHROMIUM:-chromium}" --headless --lang=vi --no-sandbox --hide-scrollbars --remote-debugging-pipe --no-first-run \
  --user-data-dir="$tmp/browser" about:blank 3<"$tmp/to" 4>"$tmp/from" >/dev/null 2>"$tmp/browser.log" &
started+=($!)
exec 8>"$tmp/to" 9<"$tmp/from"

number=0
session=
# call METHOD PARAMS: sends one command and leaves its answer in $answer.
call() {
  number=$((number + 1))
  printf '{"id":%d,"method":"%s","params":%s%s}\0' "$number" "$1" "$2" "${session:+,\"sessionId\":\"$session\"}" >&8
  while IFS= read -r -t 60 -d '' answer <&9; do
    case $answer in
    "{\"id\":$number,\"error\""*navigated*) return 1 ;; # the page left while it was asked
    "{\"id\":$number,\"error\""*) fail "$1: $answer" ;;
    "{\"id\":$number,"*) return 0 ;;
    esac
  done
  fail "$1: Chromium does not answer"
}
quoted() { # a text as a JSON string
  local s=${1//\\/\\\\}
  s=${s//\"/\\\"}
  printf '"%s"' "${s//$'\n'/\\n}"
}
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" <<<"$answer"; }

# run SCRIPT: what the page's script returns, as text, in $value. Asked again of the page that
# follows when the browser moves on meanwhile.
run() {
  until call Runtime.evaluate "{\"expression\":$(quoted "$1"),\"awaitPromise\":true,\"returnByValue\":true}"; do :; done
  [[ $answer != *exceptionDetails* ]] || fail "script failed: $1: $answer"
  value=$(field value)
}
# settled: waits until the document, its fonts and pictures are there.
settled() {
  run 'new Promise(done => { const ask = () => document.readyState === "complete" ? document.fonts.ready.then(() => setTimeout(() => done("yes"), 150)) : setTimeout(ask, 50); ask() })'
}
visit() {
  local address=$1
  [[ $address == http* ]] || address=$SEN_DEMO$address
  call Page.navigate "{\"url\":$(quoted "$address")}"
  settled
}
# press SELECTOR: clicks and waits for the page that follows.
press() {
  run "(() => { const it = document.querySelector('$1'); window.leaving = true; setTimeout(() => it.click(), 20); return 'clicked' })()"
  for _ in $(seq 100); do
    run 'String(window.leaving)'
    [ "$value" = true ] || break
    sleep 0.1
  done
  settled
}
size() { # WIDTH HEIGHT SCALE
  call Emulation.setDeviceMetricsOverride "{\"width\":$1,\"height\":$2,\"deviceScaleFactor\":$3,\"mobile\":false}"
}
phone() { size 360 "${1:-640}" 2; }
screen() { size 1280 "${1:-800}" 1; }
# shot NAME: what is on the screen.
shot() {
  call Page.captureScreenshot '{"format":"png"}'
  field data | base64 -d >"$tmp/shot.png"
  pngquant --force --strip --speed 1 --quality 60-95 --output "$out/$1.png" "$tmp/shot.png"
  local bytes
  bytes=$(stat -c %s "$out/$1.png")
  [ "$bytes" -le $largest ] || fail "$1.png has $bytes bytes, more than $largest"
  echo "$1.png $bytes"
}
sign_in() { # LOGIN
  call Network.clearBrowserCookies '{}'
  visit /signin
  run "(() => { document.querySelector('[name=login]').value = '$1'; document.querySelector('[name=password]').value = '$password'; return 'typed' })()"
  press 'form[action="/signin"] button'
}
link() { # SELECTOR: the address behind the first link that fits, in $value
  run "(document.querySelector('$1') || {href: ''}).href"
  [ -n "$value" ] || fail "no link $1"
}

call Target.createTarget '{"url":"about:blank"}'
call Target.attachToTarget "{\"targetId\":\"$(field targetId)\",\"flatten\":true}"
session=$(field sessionId)
call Page.enable '{}'
mkdir -p "$out"

# --- the pictures: one function each, named pic_ and the name with underscores

first_link() { # PAGE SELECTOR: opens PAGE, leaves the address of the first such link in $value
  visit "$1"
  link "$2"
}
# Pages of payers are opened as payers open them: not signed in.
payer_page() { # LOGIN FILTER: the payer's page of the first bill of that filter, in $value
  sign_in "$1"
  first_link "/desk/phieu?loc=$2" 'td a[href^="/desk/phieu/bil_"], th a[href^="/desk/phieu/bil_"]'
  visit "$value"
  link 'a[href^="/p/"]'
  call Network.clearBrowserCookies '{}'
}
pic_portal() { screen; visit /; }
pic_payer_unpaid() { phone; payer_page ketoan.catvang chua-tra; visit "$value"; }
pic_payer_qr() {
  pic_payer_unpaid
  run '(() => { document.querySelector("#tra-tien").scrollIntoView(); return "there" })()'
}
# A notification of the bank (camt.054) pays the bill while its page is open.
pic_payer_paid() {
  local account memo amount day
  phone
  payer_page ketoan.catvang chua-tra
  visit "$value"
  copied() { run "document.querySelectorAll('[data-copy]')[$1].dataset.copy"; }
  copied 0 && account=$value
  copied 1 && amount=$value
  copied 2 && memo=${value%% *}
  day=$(TZ=Asia/Ho_Chi_Minh date +%F)
  cat >"$tmp/credit.xml" <<XML
<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>
<GrpHdr><MsgId>$memo</MsgId><CreDtTm>${day}T08:00:00+07:00</CreDtTm></GrpHdr>
<Ntfctn><Id>$memo</Id><CreDtTm>${day}T08:00:00+07:00</CreDtTm><Acct><Id><Othr><Id>$account</Id></Othr></Id><Ccy>VND</Ccy></Acct>
<Ntry><Amt Ccy="VND">$amount</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>$day</Dt></BookgDt>
<AcctSvcrRef>FT$memo</AcctSvcrRef><NtryDtls><TxDtls><RmtInf><Ustrd>$memo</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>
XML
  "$sen" import statement "$tmp/credit.xml" --data "$data" >&2
  for _ in $(seq 100); do # the page turns by itself
    run 'String(!!document.querySelector(".sheet--paid"))'
    [ "$value" != true ] || break
    sleep 0.2
  done
  [ "$value" = true ] || fail 'the page did not turn to paid'
  settled
  link 'a[href*="/r/rec_"]' && receipt=${value%/pdf}
}
pic_receipt() {
  [ -n "${receipt:-}" ] || pic_payer_paid
  phone
  visit "$receipt"
}
pic_payer_waiting() {
  phone
  payer_page ketoan.catvang chua-tra
  visit "$value"
  link 'a[href$="/cho"], a[href*="/cho?"]'
  visit "$value"
}
pic_desk_today() { screen; sign_in ketoan.catvang; visit /desk; }
pic_desk_suspense() { screen; sign_in ketoan.catvang; visit /desk/cho-xu-ly; }
pic_desk_round() {
  screen
  sign_in ketoan.catvang
  first_link /desk/dot-thu 'a[href^="/desk/dot-thu/rnd_"]'
  visit "$value"
}
pic_desk_statements() { screen; sign_in ketoan.catvang; visit /desk/sao-ke; }
pic_hospital_till() { screen; sign_in thungan.benhvien; visit /desk/tien-mat; }
pic_hospital_bill() {
  screen
  sign_in thungan.benhvien
  first_link '/desk/phieu?loc=chua-tra' 'td a[href^="/desk/phieu/bil_"], th a[href^="/desk/phieu/bil_"]'
  visit "$value"
}
pic_steer_overview() { screen; sign_in so.khcn; visit /steer; }
pic_steer_facilities() { screen; sign_in so.gddt; visit '/steer/facilities?sort=share'; }
pic_api() { screen; visit /v1/docs; }

if [ $# = 0 ]; then
  for f in $(compgen -A function pic_); do set -- "$@" "${f#pic_}"; done
fi
for name in "$@"; do
  declare -F "pic_${name//-/_}" >/dev/null || fail "no picture $name"
  "pic_${name//-/_}"
  shot "${name//_/-}"
done
