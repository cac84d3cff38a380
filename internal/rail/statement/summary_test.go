package statement

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSummaryOfASheet: a sheet has the keys of a camt file.
func TestSummaryOfASheet(t *testing.T) {
	f := read(t, "Số tài khoản: 0011000000001\nNgày;Số tham chiếu;Ghi nợ;Ghi có;Nội dung\nSố dư đầu kỳ;;;1.000;\n22/11/2026;FT1;;500;HP\n23/11/2026;FT2;200;;PHI\nSố dư cuối kỳ;;;1.300;\n")
	got, err := json.Marshal(Summarize(f))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"file":"test","statements":[{"kind":"Sheet","account":"0011000000001","currency":"VND",` +
		`"balances":{"closing":["1300"],"opening":["1000"]},"opening":"1000","closing":"1300",` +
		`"credit_entries":1,"credit_sum":"500","debit_entries":1,"debit_sum":"200","entry_status":{"BOOK":2},` +
		`"reversal_entries":0,"transaction_details":0,"balances_check":true,` +
		`"sample_references":[{"kind":"reference","value":"FT1"},{"kind":"memo","value":"HP"},{"kind":"reference","value":"FT2"}]}],` +
		`"message":"sheet:unknown"}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestSummaryTellsWhatIsMissing: null, not an empty string or a guess.
func TestSummaryTellsWhatIsMissing(t *testing.T) {
	got, err := json.Marshal(Summarize(read(t, ":20:A\n:61:2611221122RC5,NTRF\n")))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"file":"test","statements":[{"reference_20":"A","account":null,"number_28":null,"currency":null,"opening":null,"opening_tag":null,` +
		`"closing":null,"closing_tag":null,"credit_entries":0,"credit_sum":"0","debit_entries":1,"debit_sum":"5","reversal_marks":["RC"],` +
		`"balances_check":null,"sample_references":[{"kind":"61","value":"2611221122RC5,NTRF"}]}],"message":"MT940"}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
