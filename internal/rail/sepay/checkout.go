package sepay

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/sen-platform/sen/internal/rail/wire"
)

// Addresses the checkout form is posted to.
const (
	CheckoutURL        = "https://pay.sepay.vn/v1/checkout/init"
	SandboxCheckoutURL = "https://pay-sandbox.sepay.vn/v1/checkout/init"
)

// Field is one hidden input of the checkout form.
type Field struct{ Name, Value string }

// Merchant is a merchant at SePay's payment gateway.
type Merchant struct {
	ID, Secret string
	Sandbox    bool
}

// Form is a form ready to be posted. Its fields must be sent in this very order: the order is
// under the signature.
type Form struct {
	URL    string
	Fields []Field
}

// signedNames are the fields under the signature; all others, custom_data among them, are not.
const signedNames = " merchant env operation payment_method order_amount currency order_invoice_number " +
	"order_description customer_id agreement_id agreement_name agreement_type " +
	"agreement_payment_frequency agreement_amount_per_payment success_url error_url cancel_url order_id "

// Checkout completes fields (merchant, operation PURCHASE when none is given) and signs them in
// the caller's order: name=value joined by commas, HMAC-SHA256, Base64. Values are not escaped;
// a comma in a value is signed as it is, so never compare two forms by their signature. It
// refuses a field given twice.
func (m Merchant) Checkout(fields []Field) (Form, error) {
	f := Form{URL: CheckoutURL}
	if m.Sandbox {
		f.URL = SandboxCheckoutURL
	}
	seen := map[string]bool{}
	for _, x := range fields {
		if seen[x.Name] {
			return Form{}, fmt.Errorf("sepay: field %q twice", x.Name)
		}
		seen[x.Name] = true
		f.Fields = append(f.Fields, x)
	}
	f.set("merchant", m.ID)
	if f.get("operation") == "" {
		f.set("operation", "PURCHASE")
	}
	f.set("signature", m.sign(f.Fields))
	return f, nil
}

func (f *Form) get(name string) string {
	for _, x := range f.Fields {
		if x.Name == name {
			return x.Value
		}
	}
	return ""
}

// set changes a field where it stands, or appends it.
func (f *Form) set(name, value string) {
	for i := range f.Fields {
		if f.Fields[i].Name == name {
			f.Fields[i].Value = value
			return
		}
	}
	f.Fields = append(f.Fields, Field{name, value})
}

func (m Merchant) sign(fields []Field) string {
	var parts []string
	for _, x := range fields {
		if strings.Contains(signedNames, " "+x.Name+" ") {
			parts = append(parts, x.Name+"="+x.Value)
		}
	}
	return base64.StdEncoding.EncodeToString(wire.HMAC(sha256.New, m.Secret, []byte(strings.Join(parts, ","))))
}
