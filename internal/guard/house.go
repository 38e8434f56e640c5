package guard

import (
	"net/netip"
	"regexp"
	"strings"
)

// The things of our own house that a customer has no use for: the last part of the
// id of the reason.
const (
	anAddress = "address"
	aPath     = "path"
	aNumber   = "number"
	aName     = "name"
)

var (
	// private are the endings of host names that no public server has.
	private = regexp.MustCompile(`(?i)^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.(?:local|internal|corp|lan|intra|intranet|localdomain|` +
		`localhost|private|home|domain|svc|cluster|consul)$`)
	// inside is a part of a host name that stands for our own network, counted a host of many: "batch07".
	inside  = regexp.MustCompile(`(?i)\.(?:intra|intranet|internal|corp|lan|int|priv)\.`)
	counted = regexp.MustCompile(`^[a-z]{3,10}0[0-9]$`)
	// server is a host by its role, its surroundings and its number: "db-prod-03", "srv01".
	server = regexp.MustCompile(`(?i)^(?:(?:[a-z]{2,8}[0-9]{0,3}[-_]){0,4}(?:srv|svr|server|db|sql|web|app|dc|vm|node|host|k8s|` +
		`redis|kafka|esx|esxi|proxy|nas|san|ad|api|mail|mx|dns|fs|ldap|pg|mysql|mongo|worker|gw|fw|sw|rtr|lb|cache|queue|ci|build|` +
		`jenkins|git|file|print)(?:[-_][a-z]{2,8}[0-9]{0,3}){0,4}[-_]?[0-9]{0,4})$`)
	stage = regexp.MustCompile(`(?i)(?:^|[-_])(?:prod|prd|stg|stage|staging|uat|dev|test|tst|qa|int|live|pre|preprod|nonprod|` +
		`eu|us|ap|hn|hcm|sg)[0-9]*(?:[-_]|$)`)
	// windows is a path of Windows or of a share, with spaces only inside of folders.
	windows = regexp.MustCompile(`(?i)(?:\\\\[a-z0-9._$-]+\\[^\s"'<>|]+|\b[a-z]:\\(?:[^\\\s"'<>|:*?]+(?: [^\\\s"'<>|` +
		`:*?]+){0,3}\\)*[^\\\s"'<>|:*?]*)`)
	unix = regexp.MustCompile(`(?:^|[\s"'(=])(~?/(?:var|etc|opt|usr|home|root|srv|tmp|mnt|proc|dev|bin|sbin|lib|data|app|` +
		`apps|log|logs|Users|run|media|nfs)/[\w.@%+~/-]*)`)
	// project is a number of a tracker: PROJ-4821, INC0012345; numbered is one with its kind: AB#1234, bug #88.
	project  = regexp.MustCompile(`^(?:([A-Z][A-Z0-9]{1,9})-[0-9]{1,7}|(?:INC|CHG|RITM|PRB|REQ|SCTASK|TASK)[0-9]{6,10})$`)
	numbered = regexp.MustCompile(`(?i)\b(?:AB|(?:bug|issue|work item|story|epic|pr|mr) )#[0-9]{2,8}\b`)
	address  = regexp.MustCompile(`(?i)\b[a-z][a-z0-9+.-]{1,15}://([^\s/?#"'<>)]+)[^\s"'<>)]*`)
	// tracker is a host on which developers keep their work, though it is a public one.
	tracker = regexp.MustCompile(`(?i)(?:^|\.)(?:dev\.azure\.com|visualstudio\.com|atlassian\.net|pagerduty\.com|grafana\.net|` +
		`datadoghq\.com|sentry\.io|linear\.app|service-now\.com|youtrack\.cloud)$|^(?:jira|confluence|grafana|kibana|gitlab|` +
		`jenkins|sentry|wiki|intranet)\.`)
	// release stands before a number that looks like an address and is a version.
	release = regexp.MustCompile(`(?i)(?:version|release|build|update|v|ver\.?|phiên bản|phien ban|bản)\s*$`)
	// theirs stands before a number that the customer knows.
	theirs = regexp.MustCompile(`(?i)(?:order|invoice|contract|customer|quote|delivery|parcel|license|licence|article|product|` +
		`model|serial|code|đơn hàng|hóa đơn|hoá đơn|hợp đồng|mã|don hang|hoa don|sản phẩm)\s*(?:no\.?|number|nr\.?|số|so|id|#|:|is|` +
		`are|là|la|\s)*\s*$`)
)

// publicPrefixes are letters before a hyphen and digits that are no project of a tracker.
const publicPrefixes = " UTF ISO COVID VAT ERR T INV SO PO RMA ORD SHA AES RFC CVE TLS HTTP DIN EN IEC IEEE KB MD RSA ECC " +
	"IPV WPA USB PCI MP H A B Q HD DVD SARS GPT PS CP SKU DN CN QT WIN MS TCP " +
	"BASE CRC GMT UTC ASCII EAN SWIFT IP AB LTE WW CO F X G PDF SP EU US DH HD PX E "

// house gives what a text tells of our own house: addresses, paths, numbers of
// trackers, and the names that it was given.
func (g *Guard) house(text string) []thing {
	var found []thing
	add := func(what string, start, end int) { found = append(found, thing{span{start, end}, what}) }
	for start, line := range lines(text) {
		for _, t := range placesInLine(line) {
			add(t.what, start+t.start, start+t.end)
		}
	}
	for _, at := range g.known(text) {
		add(aName, at.start, at.end)
	}
	for start := 0; start < len(text); start++ {
		end := start
		for end < len(text) && inRun(text[end]) {
			end++
		}
		trimmed := start + len(strings.TrimRight(text[start:end], ".:-_"))
		if what := run(text, start, trimmed); what != "" {
			add(what, start, trimmed)
		}
		start = end
	}
	return found
}

// known gives the names in the text that the guard was given.
func (g *Guard) known(text string) []span {
	var found []span
	if g.names != nil {
		for _, at := range g.names.FindAllStringIndex(text, -1) {
			if !partOfWord(text, at[0], at[1]) {
				found = append(found, span{at[0], at[1]})
			}
		}
	}
	return found
}

// placesInLine gives the paths, the addresses with a scheme and the numbers of
// trackers with their kind in one line.
func placesInLine(line string) []thing {
	var found []thing
	add := func(what string, start, end int) {
		end = start + len(strings.TrimRight(line[start:end], ".,;:)"))
		found = append(found, thing{span{start, end}, what})
	}
	if strings.Contains(line, `\`) {
		for _, at := range windows.FindAllStringIndex(line, -1) {
			add(aPath, at[0], at[1])
		}
	}
	if strings.Contains(line, "/") {
		for _, at := range unix.FindAllStringSubmatchIndex(line, -1) {
			add(aPath, at[2], at[3])
		}
	}
	if strings.Contains(line, "://") {
		for _, at := range address.FindAllStringSubmatchIndex(line, -1) {
			if h := line[at[2]:at[3]]; privateHost(h, true) || tracker.MatchString(h) {
				add(anAddress, at[0], at[1])
			}
		}
	}
	if strings.Contains(line, "#") {
		for _, at := range numbered.FindAllStringIndex(line, -1) {
			add(aNumber, at[0], at[1])
		}
	}
	return found
}

func inRun(c byte) bool {
	return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || c == '.' || c == '-' || c == '_' || c == ':'
}

// run tells what of our house the letters, digits and separators of the text from
// start to end are; empty for nothing.
func run(text string, start, end int) string {
	w := text[start:end]
	if len(w) < 3 || len(w) > 253 || !strings.ContainsAny(w, ".-_:0123456789") && !strings.EqualFold(w, "localhost") {
		return ""
	}
	if ip, err := netip.ParseAddr(withoutPort(w)); err == nil {
		if inHouse(ip) && !release.MatchString(text[max(0, start-24):start]) {
			return anAddress
		}
		return ""
	}
	if at := project.FindStringSubmatchIndex(w); at != nil {
		public := at[2] >= 0 && strings.Contains(publicPrefixes, " "+w[at[2]:at[3]]+" ")
		if public || theirs.MatchString(text[max(0, start-32):start]) {
			return ""
		}
		return aNumber
	}
	if privateHost(w, false) {
		return anAddress
	}
	return ""
}

func withoutPort(w string) string {
	if i := strings.LastIndexByte(w, ':'); i >= 0 && strings.Count(w, ":") == 1 {
		return w[:i]
	}
	return w
}

// privateHost tells whether a host, with or without a port, is one of a private
// network. In an address any name without a dot is one; in a sentence only a name
// that is made like that of a server.
func privateHost(name string, inAddress bool) bool {
	_, name = splitUser(name)
	name = strings.Trim(withoutPort(name), "[].-_")
	if ip, err := netip.ParseAddr(name); err == nil {
		return inAddress && inHouse(ip)
	}
	switch {
	case strings.EqualFold(name, "localhost"), private.MatchString(name), inside.MatchString(name), counted.MatchString(name):
		return true
	case strings.Contains(name, "."):
		return false
	case inAddress:
		return name != ""
	}
	digits := len(name) - len(strings.TrimRight(name, "0123456789"))
	gaps := strings.Count(name, "-") + strings.Count(name, "_")
	staged := gaps > 0 && stage.MatchString(name)
	if server.MatchString(name) {
		return digits >= 2 || staged && gaps+digits > 1
	}
	return staged && gaps > 1 && digits > 1
}

func splitUser(authority string) (user, host string) {
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		return authority[:i], authority[i+1:]
	}
	return "", authority
}

// inHouse tells whether an address is not one of the public internet.
func inHouse(ip netip.Addr) bool {
	// RFC 6598: between a carrier and its customers.
	carrier := netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64}), 10)
	return ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsLoopback() || carrier.Contains(ip)
}
