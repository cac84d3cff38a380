package wire

import "testing"

// The expected texts were printed by Node.js (JSON.parse, then JSON.stringify).
func TestNumberTextIsJavaScripts(t *testing.T) {
	for in, want := range map[string]string{
		"0": "0", "-0": "0", "1": "1", "-1": "-1", "1.50": "1.5", "1e3": "1000", "1E+3": "1000",
		"1e-7": "1e-7", "0.000001": "0.000001", "123456789012345678": "123456789012345680",
		"9007199254740993": "9007199254740992", "1e21": "1e+21", "1.5e300": "1.5e+300", "1e999": "null",
		"-12.0": "-12", "100000000000000000000": "100000000000000000000", "0.1": "0.1", "965000.00": "965000",
		"12345678901234567": "12345678901234568", "-9007199254740992": "-9007199254740992",
		"1e20": "100000000000000000000", "5e-324": "5e-324", "-5": "-5", "999999999999999": "999999999999999",
	} {
		if got := NumberText(in); got != want {
			t.Errorf("NumberText(%s) = %s, want %s", in, got, want)
		}
	}
}

func TestCanonicalJSON(t *testing.T) {
	for _, c := range []struct {
		name, in string
		arrays   bool
		dialect  Dialect
		want     string
	}{
		{
			"keys at every level, array indices first", `{"b":1,"a":{"10":1,"9":2,"x":3,"01":4},"ệ":1,"":0}`, true, JavaScript,
			`{"":0,"a":{"9":2,"10":1,"01":4,"x":3},"b":1,"ệ":1}`,
		},
		{"UTF-16 order, not Unicode order", `{"\uffee":1,"\ud83d\ude00":2}`, true, JavaScript, "{\"😀\":2,\"\uffee\":1}"},
		{
			"escapes of JavaScript", `{"z":"\u0001\b\f\n\r\t/\"\\ \u007f\u2028 học 😀"}`, true, JavaScript,
			"{\"z\":\"\\u0001\\b\\f\\n\\r\\t/\\\"\\\\ \u007f\u2028 học 😀\"}",
		},
		{"escapes of PHP", `{"z":"a/b học 😀"}`, true, PHP, `{"z":"a\/b h\u1ecdc \ud83d\ude00"}`},
		{"blanks go, numbers are JavaScript's", `{ "a" : [ 1.0 , true , null , -2 ] }`, true, JavaScript, `{"a":[1,true,null,-2]}`},
		{"objects in arrays sorted", `[{"b":1,"a":2},[{"d":1,"c":2}]]`, true, JavaScript, `[{"a":2,"b":1},[{"c":2,"d":1}]]`},
		{"objects in arrays left", `{"l":[{"b":1,"a":2}],"k":0}`, false, JavaScript, `{"k":0,"l":[{"b":1,"a":2}]}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := Parse([]byte(c.in))
			if err != nil {
				t.Fatal(err)
			}
			before := string(v.AppendJSON(nil, c.dialect))
			if got := string(v.SortKeys(c.arrays).AppendJSON(nil, c.dialect)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if after := string(v.AppendJSON(nil, c.dialect)); after != before {
				t.Errorf("sorting changed its argument: %s", after)
			}
		})
	}
}

func TestSecrets(t *testing.T) {
	if EqualSecret("", "") || EqualSecret("a", "b") || EqualSecret("a", "") || !EqualSecret("a", "a") {
		t.Error("EqualSecret")
	}
	code := []byte{0xAB, 0x01}
	for text, want := range map[string]bool{"ab01": true, "AB01": true, "aB01": true, "ab02": false, "ab0": false, "": false, "ab01 ": false, "zz01": false} {
		if EqualHex(code, text) != want {
			t.Errorf("EqualHex(%q) = %v", text, !want)
		}
	}
}
