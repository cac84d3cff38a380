package access

// frozen is what the master key of 32 zero bytes gives. The sub-keys were computed a second
// time by HKDF-SHA256 written out by hand (RFC 5869).
var frozen = map[string]string{
	"code":    "a55dbeb1aa6b3225f31353f18acb5d1b196cab849e5dad2976782974466da03b",
	"receipt": "674d7a705d1d1d759c0866c889627630b3a24dbba53f038fc5d56991a1519ffb",
	"session": "66c337d7166e5089e2d287fcf54f89e72f708e3a20c10ceee844bea2720e50ad",
	"sealed":  "v1.NlLeFMkjQ4t3auLHlPUQAK6J2dF0rD5K0q3cGerbswXr0rWL1eJr_xhCxeRFp9UfYQ",
}
