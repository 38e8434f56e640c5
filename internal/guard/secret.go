package guard

import (
	"math"
	"regexp"
	"strings"
)

// known are secrets that give themselves away by their form. Each has a word
// without which it need not be looked for.
var known = []struct {
	word    string
	pattern *regexp.Regexp
}{
	{"A", regexp.MustCompile(`\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b`)},                                             // AWS access key id
	{"eyJ", regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}\.?[A-Za-z0-9_-]*`)},                        // JSON Web Token
	{"earer", regexp.MustCompile(`(?i)\bbearer\s+[A-Za-z0-9._~+/-]{16,}=*`)},                                         // RFC 6750
	{"asic", regexp.MustCompile(`(?i)\bbasic\s+[A-Za-z0-9+/]{12,}=*`)},                                               // RFC 7617
	{"AccountKey", regexp.MustCompile(`(?i)\bAccountKey=[A-Za-z0-9+/]{20,}=*`)},                                      // Azure Storage
	{"SharedAccess", regexp.MustCompile(`(?i)\bSharedAccess(?:Key|Signature)=[^\s;"']{8,}`)},                         // Azure Service Bus
	{"sig=", regexp.MustCompile(`\bsig=[A-Za-z0-9%+/_-]{16,}=*`)},                                                    // Azure shared access signature
	{"8Q~", regexp.MustCompile(`[A-Za-z0-9_~.-]{3}8Q~[A-Za-z0-9_~.-]{30,34}`)},                                       // Entra client secret
	{"gh", regexp.MustCompile(`\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})`)},                      // GitHub
	{"gl", regexp.MustCompile(`\bgl(?:pat|ptt|dt|rt|cbt|soat)-[A-Za-z0-9_-]{15,}`)},                                  // GitLab
	{"xox", regexp.MustCompile(`\bxox[abeoprs]-[A-Za-z0-9-]{10,}`)},                                                  // Slack
	{"hooks.", regexp.MustCompile(`\bhooks\.slack\.com/services/[A-Za-z0-9/]{20,}`)},                                 // Slack webhook
	{"AIza", regexp.MustCompile(`\bAIza[A-Za-z0-9_-]{30,}`)},                                                         // Google
	{"_live_", regexp.MustCompile(`\b[sr]k_live_[A-Za-z0-9]{16,}`)},                                                  // Stripe
	{"npm_", regexp.MustCompile(`\bnpm_[A-Za-z0-9]{30,}`)},                                                           // npm
	{"SG.", regexp.MustCompile(`\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}`)},                                      // SendGrid
	{"sk-", regexp.MustCompile(`\bsk-[A-Za-z0-9_-]{24,}`)},                                                           // OpenAI and others
	{"://", regexp.MustCompile(`\b[a-zA-Z][a-zA-Z0-9+.-]{1,20}://[^\s/:@"'<>]{0,80}:[^\s/@"'<>]{1,200}@[^\s"'<>]+`)}, // a password in an address
}

// privateKey is a private key in PEM, whole or cut off.
var privateKey = regexp.MustCompile(`-----BEGIN [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----` +
	`(?:[A-Za-z0-9+/=\s:,.-]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----|\z))?`)

// named is a word for a secret and what is said to be it.
var named = regexp.MustCompile(`(?i)(?:^|[^\pL\d])(` +
	`pass ?word|passwd|passphrase|passcode|pwd|pass|pw|mật khẩu|mat khau|mậtkhẩu|mk|` +
	`(?:[a-z]+[_-])?(?:secret|token|password)(?:[_ -](?:key|access[_ -]key|value))?|(?:api|access|account|secret|private|wi-?fi|wlan|recovery|` +
	`license|encryption|shared|master)[_ -]?keys?|credentials?|khóa api|khoá api|khoa api|khóa bí mật|mã bí mật|mã otp|otp|pin)` +
	// A word or two may stand before the link: "the password for the portal is".
	`(?:(?:\s+[\pL-]+){0,4}?["']?\s*(:=|=>|=|:|\b(?:is now|is|are|was|la)\b|là\s|\s-\s)\s*:?\s*|\s+)` +
	"[\"'“‘`(]?" + `(?:[\w.@-]{1,60}\s*/\s*)?` + `([^\s"'“”‘’<>` + "`" + `]{4,200})`)

var (
	guid   = regexp.MustCompile(`(?i)^\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?$`)
	dense  = regexp.MustCompile(`[A-Za-z0-9_+/=~.-]{20,}`)
	nearby = regexp.MustCompile(`(?i)key|token|secret|passw|credential|mật khẩu|mat khau|khóa|khoá`)
)

// secrets gives the ranges of a text that are secrets, whoever wrote them.
func secrets(text string) []span {
	var found []span
	if strings.Contains(text, "PRIVATE KEY") {
		for _, at := range privateKey.FindAllStringIndex(text, -1) {
			found = append(found, span{at[0], at[1]})
		}
	}
	for start, line := range lines(text) {
		for _, s := range secretsInLine(line) {
			found = append(found, span{start + s.start, start + s.end})
		}
	}
	return found
}

// secretsInLine gives what in a line has the form of a secret, or is called a
// password, a key or a token.
func secretsInLine(line string) []span {
	var found []span
	for _, k := range known {
		if strings.Contains(line, k.word) || k.word == "earer" && strings.Contains(line, "EARER") {
			for _, at := range k.pattern.FindAllStringIndex(line, -1) {
				found = append(found, span{at[0], at[1]})
			}
		}
	}
	if mentions(line) {
		found = append(append(found, values(line)...), drawn(line)...)
	}
	return found
}

// values gives what a line says to be a password, a key or a token.
func values(line string) []span {
	var found []span
	for from := 0; from < len(line); {
		at := named.FindStringSubmatchIndex(line[from:])
		if at == nil {
			break
		}
		link := ""
		if at[4] >= 0 {
			link = strings.TrimSpace(line[from+at[4] : from+at[5]])
		}
		start, end := from+at[6], from+at[7]
		end = start + len(strings.TrimRight(line[start:end], ".,;:!?)"))
		if isValue(strings.ToLower(line[from+at[2]:from+at[3]]), link, line[start:end]) {
			found = append(found, span{start, end})
			from = end
		} else {
			from += at[3] // the value may itself be the word for a secret
		}
	}
	return found
}

// drawn gives the long strings of a line that look drawn by lot and stand beside a
// word for a secret.
func drawn(line string) []span {
	var found []span
	if len(line) < 20 || !nearby.MatchString(line) {
		return nil
	}
	for _, at := range dense.FindAllStringIndex(line, -1) {
		around := line[max(0, at[0]-60):at[0]] + " " + line[at[1]:min(len(line), at[1]+40)]
		if nearby.MatchString(around) && random(line[at[0]:at[1]]) {
			found = append(found, span{at[0], at[1]})
		}
	}
	return found
}

// mentions tells whether a line has any of the words for secrets.
func mentions(line string) bool {
	line = strings.ToLower(line)
	for _, w := range []string{
		"pass", "pw", "secret", "token", "key", "credential", "otp", "pin", "mk",
		"khẩu", "khau", "khóa", "khoá", "khoa", "mã bí mật",
	} {
		if strings.Contains(line, w) {
			return true
		}
	}
	return false
}

// isValue tells whether what stands behind the word for a secret is one, and not
// the rest of a sentence about it. The link is what stands between: "is", "=", or nothing.
func isValue(name, link, value string) bool {
	letters, digits, signs := composition(value)
	if letters < 0 || hiddenOrKnown(value) {
		return false
	}
	tight := link == "=" || link == ":=" || link == "=>"
	switch {
	case code.MatchString(name):
		return link != "" && digits >= 4 && digits == len(value)
	case keyName.MatchString(name):
		return digits > 0 && (tight && len(value) >= 8 || link != "" && letters > 2 && len(value) >= 12)
	case tight:
		return true
	}
	return isPassword(value, link != "", letters, digits, signs)
}

// isPassword tells whether a value looks like a password, by what it consists of. Where
// no link stands before it, it has to look much like one.
func isPassword(value string, linked bool, letters, digits, signs int) bool {
	mixed := mixedCase(value)
	if !linked {
		return len(value) >= 6 && digits > 0 && letters > 0 && (signs > 0 || mixed)
	}
	return mixed || digits == len(value) || letters > 0 && digits+signs > 0
}

// hiddenOrKnown tells whether a value is stars, an address or a GUID.
func hiddenOrKnown(value string) bool {
	return guid.MatchString(value) || strings.Trim(value, "*x.-_#X") == "" || strings.Contains(value, "://")
}

// mixedCase tells whether there are small and capital letters behind the first.
func mixedCase(value string) bool {
	rest := value[1:]
	return strings.ToUpper(rest) != rest && strings.ToLower(rest) != rest
}

// code is the name of a secret of digits only.
var code = regexp.MustCompile(`^pin$|otp$`)

// keyName is the name of a secret that machines make: long, with digits in it.
var keyName = regexp.MustCompile(`key|token|khóa|khoá|khoa`)

// composition counts the letters, digits and signs of a value; negative where it has a
// letter beyond ASCII, as words of Vietnamese have and secrets have not.
func composition(value string) (letters, digits, signs int) {
	for _, r := range value {
		switch {
		case r > 0x7f:
			return -1, 0, 0
		case '0' <= r && r <= '9':
			digits++
		case strings.ContainsRune("!@#$%^&*+=~?", r):
			signs++
		default:
			letters++
		}
	}
	return letters, digits, signs
}

// random tells whether a long string looks drawn by lot: letters and digits, and
// many different ones. A GUID, a version or the name of a file does not.
func random(s string) bool {
	s = strings.Trim(s, ".-_/=")
	if len(s) < 20 || guid.MatchString(s) || strings.Contains(s, "//") {
		return false
	}
	counts := [128]int{}
	digits, letters, separators := 0, 0, 0
	for _, c := range []byte(s) {
		counts[c&0x7f]++
		switch {
		case '0' <= c && c <= '9':
			digits++
		case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z':
			letters++
		default:
			separators++
		}
	}
	bits := 0.0
	for _, n := range counts {
		if n > 0 {
			p := float64(n) / float64(len(s))
			bits -= p * math.Log2(p)
		}
	}
	return digits >= 3 && letters >= 3 && separators*6 < len(s) && bits > 3
}
