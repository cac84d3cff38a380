package bank

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/sen-platform/sen/internal/vnd"
)

// App is a bank's application that vietqr.io's link service can open on a phone.
type App struct {
	// ID is its name in the link, for example "icb".
	ID string
	// Name is what its icon says, Bank the brand of the bank, BIN the bank.
	Name, Bank, BIN string
	// Fills: the application takes account, amount and memo from the link. The others only
	// open, and the payer scans the saved picture or copies the lines.
	Fills bool
}

// Target is whom and what a link prefills.
type Target struct {
	BIN, Account string
	// Amount 0 leaves the sum to the payer.
	Amount vnd.Amount
	// Memo is the transfer text, already without marks (vn.Memo).
	Memo string
	// Name of the account's holder, optional.
	Name string
	// ReturnURL is where the application may lead back to, optional. It is told to vietqr.io:
	// never put a page's secret token into it.
	ReturnURL string
}

// Link opens one application.
type Link struct {
	App App
	URL string
}

// Apps are the applications that can be opened, those that fill in first.
func Apps() []App { return slices.Clone(load().apps) }

// DeepLinks are https links that open the payer's own bank application for a transfer to t,
// those that fill in the form first; nil when the receiving bank has no code in that service.
//
// They go through vietqr.io (Casso), which learns account, amount and memo when, and only
// when, the payer taps: our pages themselves ask nothing of it. No bank publishes a link of
// its own.
//
// Verified in public sources: the form
// https://dl.vietqr.io/pay?app=…&ba=<account>@<bank code>&am=…&tn=…&bn=…&url=… and the five
// applications that fill in (vietqr.io changelog 2.12 to 2.18, May 2024 to July 2026); the
// applications' ids and names (copies of the service's own list, api.vietqr.io/v2/
// android-app-deeplinks, in public repositories, one fetched in August 2026); the bank codes
// (copies of api.vietqr.io/v2/banks). Not verified: that every id still opens its application
// on both systems; that applications fill in without url (one public report says they do not).
// Offer a link as a help beside the QR code, never as the only way.
func DeepLinks(t Target) []Link {
	tab := load()
	to, ok := tab.at(tab.byBIN, t.BIN)
	if !ok || to.linkCode == "" || t.Account == "" {
		return nil
	}
	query := "&ba=" + escape(t.Account) + "@" + escape(to.linkCode)
	if t.Amount > 0 {
		query += "&am=" + strconv.FormatInt(int64(t.Amount), 10)
	}
	for _, p := range []struct{ key, value string }{{"tn", t.Memo}, {"bn", t.Name}, {"url", t.ReturnURL}} {
		if p.value != "" {
			query += "&" + p.key + "=" + escape(p.value)
		}
	}
	links := make([]Link, len(tab.apps))
	for i, a := range tab.apps {
		links[i] = Link{App: a, URL: "https://dl.vietqr.io/pay?app=" + a.ID + query}
	}
	return links
}

// escape is a query value with %20 for the space, as in the service's own examples.
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
