//! Forwarding services with links that hold the address. Facts, each as its links are written; no address is asked.

use super::{Form, Hosts, Wrapper};

const fn of(name: &'static str, hosts: Hosts, path: &'static str, form: Form) -> Wrapper {
    Wrapper { name, hosts, path, form }
}

/// The services that are known.
pub const WRAPPERS: &[Wrapper] = &[
    // Mail gateways.
    of(
        "Outlook Safe Links",
        Hosts::Below(&["safelinks.protection.outlook.com", "safelinks.protection.office365.us"]),
        "/",
        Form::Parameter(&["url"]),
    ),
    of(
        "Outlook Safe Links",
        Hosts::Names(&["statics.teams.cdn.office.net"]),
        "/evergreen-assets/safelinks/",
        Form::Parameter(&["url"]),
    ),
    of(
        "Proofpoint URL Defense",
        Hosts::Names(&["urldefense.proofpoint.com", "urldefense.com", "urldefense.us"]),
        "/v",
        Form::Proofpoint,
    ),
    of("Barracuda Link Protection", Hosts::Names(&["linkprotect.cudasvc.com"]), "/url", Form::Parameter(&["a"])),
    of("Symantec Click-time Protection", Hosts::Names(&["clicktime.symantec.com"]), "/", Form::Parameter(&["u"])),
    of("FireEye", Hosts::Names(&["protect.fireeye.com", "protect2.fireeye.com"]), "/", Form::Parameter(&["u"])),
    of("Trend Micro", Hosts::Below(&["trendmicro.com"]), "/wis/clicktime/", Form::Parameter(&["url"])),
    of("Sophos", Hosts::Below(&["protection.sophos.com"]), "/", Form::Parameter(&["url"])),
    // Search engines.
    of("Google", Hosts::Brand("google"), "/url", Form::Parameter(&["q", "url"])),
    of("Google Translate", Hosts::Names(&["translate.google.com"]), "/translate", Form::Parameter(&["u"])),
    of("Bing", Hosts::Names(&["bing.com"]), "/ck/a", Form::Base64("u")),
    of("DuckDuckGo", Hosts::Names(&["duckduckgo.com"]), "/l/", Form::Parameter(&["uddg"])),
    of("Yahoo", Hosts::Below(&["search.yahoo.com"]), "/", Form::Path("/RU=")),
    of("Yandex", Hosts::Brand("yandex"), "/redir", Form::Parameter(&["url"])),
    // Sites that count leaving visitors.
    of(
        "Facebook",
        Hosts::Names(&["l.facebook.com", "lm.facebook.com", "facebook.com"]),
        "/l.php",
        Form::Parameter(&["u"]),
    ),
    of("Instagram", Hosts::Names(&["l.instagram.com"]), "/", Form::Parameter(&["u"])),
    of("YouTube", Hosts::Names(&["youtube.com", "m.youtube.com"]), "/redirect", Form::Parameter(&["q"])),
    of("LinkedIn", Hosts::Names(&["linkedin.com"]), "/redir/", Form::Parameter(&["url"])),
    of("LinkedIn", Hosts::Names(&["linkedin.com"]), "/safety/go", Form::Parameter(&["url"])),
    of("Reddit", Hosts::Names(&["out.reddit.com"]), "/", Form::Parameter(&["url"])),
    of("Slack", Hosts::Names(&["slack-redir.net"]), "/link", Form::Parameter(&["url"])),
    of("Steam", Hosts::Names(&["steamcommunity.com"]), "/linkfilter", Form::Parameter(&["u", "url"])),
    of("Tumblr", Hosts::Names(&["t.umblr.com"]), "/redirect", Form::Parameter(&["z"])),
    of("VK", Hosts::Names(&["vk.com", "m.vk.com"]), "/away", Form::Parameter(&["to"])),
];
